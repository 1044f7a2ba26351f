package io.proxyroute.operator.remediation.loop;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.proxyroute.api.v1alpha1.ProxyRouteSpec;
import io.proxyroute.operator.remediation.decision.DecisionSettings;

/** What a route that says nothing of remediation gets: the API's defaults, by the way that they take in production. */
public final class DefaultSettings {

    private static final DecisionSettings ALL = RouteSettings.of(
            new KubernetesSerialization().unmarshal("listeners: [{name: http, port: 8080}]", ProxyRouteSpec.class), 30);

    private DefaultSettings() {}

    /** For decision and detection. */
    public static DecisionSettings get() {
        return ALL;
    }
}

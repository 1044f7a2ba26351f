package io.proxyroute.operator.remediation.loop;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.proxyroute.api.v1alpha1.ProxyRouteSpec;
import io.proxyroute.operator.remediation.decision.DecisionSettings;

/** Settings of a route without spec.remediation: the API defaults, converted as in production. */
public final class DefaultSettings {

    private static final DecisionSettings ALL = RouteSettings.of(
            new KubernetesSerialization().unmarshal("listeners: [{name: http, port: 8080}]", ProxyRouteSpec.class), 30);

    private DefaultSettings() {}

    /** The settings of decision and detection. */
    public static DecisionSettings get() {
        return ALL;
    }
}

package io.proxyroute.operator.compile;

import io.fabric8.kubernetes.api.model.Service;
import java.util.Optional;

/** What a cluster has in the way of backends, at one moment. */
public interface BackendServices {

    /** The Service of that name, when there is one. */
    Optional<Service> service(String namespace, String name);

    /** Whether a ReferenceGrant in the Service's namespace lets routes of another namespace use it. */
    Grant grant(String routeNamespace, String serviceNamespace, String serviceName);

    /** What is known of permission to use a Service of another namespace. */
    enum Grant {
        GRANTED,
        MISSING,
        /** The operator may not look, since it serves some namespaces only. */
        UNREADABLE
    }
}

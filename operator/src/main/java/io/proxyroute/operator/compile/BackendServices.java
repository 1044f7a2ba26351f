package io.proxyroute.operator.compile;

import io.fabric8.kubernetes.api.model.Service;
import java.util.Optional;

/** Lookup of the Services that can be backends, and of the permissions to use them. A snapshot of the cluster. */
public interface BackendServices {

    /** The Service of that name, if it exists. */
    Optional<Service> service(String namespace, String name);

    /** Whether a ReferenceGrant in the Service's namespace allows routes of another namespace to use the Service. */
    Grant grant(String routeNamespace, String serviceNamespace, String serviceName);

    /** Permission to use a Service of another namespace. */
    enum Grant {
        GRANTED,
        MISSING,
        /** The operator may not read the grants, because it only serves some namespaces. */
        UNREADABLE,
        /** The grants have not been read yet. */
        UNKNOWN
    }
}

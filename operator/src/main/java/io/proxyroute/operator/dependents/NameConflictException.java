package io.proxyroute.operator.dependents;

import io.fabric8.kubernetes.api.model.HasMetadata;

/** There is an object of the name that a route's own needs, and it is not the route's. */
final class NameConflictException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NameConflictException(HasMetadata object) {
        super("%s exists already and is not this route's: remove it, or give the route another name."
                .formatted(PermanentFailures.name(object)));
    }
}

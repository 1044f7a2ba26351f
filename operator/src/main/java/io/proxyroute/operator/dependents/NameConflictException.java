package io.proxyroute.operator.dependents;

import io.fabric8.kubernetes.api.model.HasMetadata;

/** An unrelated object has the name of an object that the route needs. */
final class NameConflictException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NameConflictException(HasMetadata object) {
        super("%s already exists and does not belong to this route: delete it, or rename the route."
                .formatted(PermanentFailures.name(object)));
    }
}

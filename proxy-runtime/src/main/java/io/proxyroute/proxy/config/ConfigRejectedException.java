package io.proxyroute.proxy.config;

import io.proxyroute.contract.config.ConfigError;
import java.util.List;
import java.util.stream.Collectors;

/** A valid document cannot be applied in this process: a port is in use, a filter's class is missing. */
public final class ConfigRejectedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient List<ConfigError> errors;

    /** With all reasons. */
    public ConfigRejectedException(List<ConfigError> errors) {
        super(errors.stream().map(ConfigError::toString).collect(Collectors.joining(" ")));
        this.errors = List.copyOf(errors);
    }

    /** All reasons, each with its path in the document. */
    public List<ConfigError> errors() {
        return errors;
    }
}

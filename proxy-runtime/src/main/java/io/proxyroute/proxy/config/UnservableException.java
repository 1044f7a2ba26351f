package io.proxyroute.proxy.config;

import io.proxyroute.contract.config.ConfigError;
import java.util.List;
import java.util.stream.Collectors;

/** A document that is right in itself but cannot be served here: a port is taken, a filter's class is missing. */
public final class UnservableException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient List<ConfigError> errors;

    /** With every reason. */
    public UnservableException(List<ConfigError> errors) {
        super(errors.stream().map(ConfigError::toString).collect(Collectors.joining(" ")));
        this.errors = List.copyOf(errors);
    }

    /** Every reason, with the path in the document. */
    public List<ConfigError> errors() {
        return errors;
    }
}

package io.proxyroute.proxy.filter;

import io.proxyroute.contract.config.ConfigError;
import io.proxyroute.proxy.http.FilterChain;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** The custom filters of one configuration document, ready to run, or the errors that were found in them. Thread-safe. */
public final class FilterSet {

    private final Map<String, FilterChain> chains;
    private final List<ConfigError> errors;
    private final List<FilterInstance> used;
    private final AtomicBoolean retired = new AtomicBoolean();

    FilterSet(Map<String, FilterChain> chains, List<ConfigError> errors, List<FilterInstance> used) {
        this.chains = Map.copyOf(chains);
        this.errors = List.copyOf(errors);
        this.used = List.copyOf(used);
    }

    /** The chains of the rules that have custom filters, by the rule's name. */
    public Map<String, FilterChain> chains() {
        return chains;
    }

    /** The error of every filter that cannot be used, with its path in the document; empty if there is none. */
    public List<ConfigError> errors() {
        return errors;
    }

    /**
     * Releases the filters. Called when the document is no longer served, or never was. A filter that no other document uses
     * is closed when its last call has ended. Further calls have no effect.
     */
    public void retire() {
        if (retired.compareAndSet(false, true)) {
            used.forEach(FilterInstance::release);
        }
    }
}

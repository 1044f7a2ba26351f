package io.proxyroute.operator.route;

import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.operator.push.Acknowledgement;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The backends that some proxy of a route may be using: those of the configuration that is served, and those of earlier
 * ones until every proxy has accepted it. A proxy that refuses it so goes on with the right addresses. Used by one
 * reconciliation at a time.
 */
final class BackendsInUse {

    private final Map<String, Backend> backends = new LinkedHashMap<>();

    /** @param acknowledgements of all the route's proxies, as far as they have answered */
    List<Backend> of(ConfigDocument served, Collection<Acknowledgement> acknowledgements) {
        boolean settled = !acknowledgements.isEmpty()
                && acknowledgements.stream()
                        .allMatch(acknowledgement -> acknowledgement instanceof Acknowledgement.Accepted(var applied)
                                && applied.hash().equals(served.hash()));
        if (settled) {
            backends.clear();
        }
        served.backends().forEach(backend -> backends.put(backend.id(), backend));
        return List.copyOf(backends.values());
    }
}

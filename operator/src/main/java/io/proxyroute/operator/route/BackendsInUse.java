package io.proxyroute.operator.route;

import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.operator.push.Acknowledgement;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Backends that the proxies of a route may use: those of the current configuration, and those of earlier ones until every
 * proxy has accepted the current one. So a proxy that rejects it still gets the right addresses. Used by one reconciliation
 * at a time.
 */
final class BackendsInUse {

    private final Map<String, Backend> backends = new LinkedHashMap<>();

    /** @param acknowledgements responses of the route's proxies; a proxy that has not responded yet is absent */
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

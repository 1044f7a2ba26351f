package io.proxyroute.proxy;

import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.ConfigError;
import io.proxyroute.contract.config.EndpointsDocument;
import io.proxyroute.proxy.config.Serving;
import io.proxyroute.proxy.config.UnservableException;
import io.proxyroute.proxy.filter.FilterRuntime;
import io.proxyroute.proxy.filter.FilterSet;
import io.proxyroute.proxy.http.Frontend;
import io.proxyroute.proxy.pool.BackendPools;
import io.proxyroute.proxy.telemetry.Telemetry;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * Puts a document into force, part by part: filters and sockets, which may be refused, then pools and addresses, then
 * rules and listeners, which are swapped last and at once. What an older document needs beyond the new one (its backends, its filters) stays until the last exchange
 * that began under it has ended. One call at a time, which may block; what is left behind is cleared on the executor.
 */
final class DataPlane implements Serving {

    private final FilterRuntime filters;
    private final BackendPools pools;
    private final Frontend frontend;
    private final Telemetry telemetry;
    private final Executor executor;

    /** Documents that have exchanges or may get some, oldest first; the last one is in force. */
    private final Deque<Generation> generations = new ArrayDeque<>();

    private record Generation(ConfigDocument document, FilterSet filters) {}

    DataPlane(FilterRuntime filters, BackendPools pools, Frontend frontend, Telemetry telemetry, Executor executor) {
        this.filters = filters;
        this.pools = pools;
        this.frontend = frontend;
        this.telemetry = telemetry;
        this.executor = executor;
    }

    @Override
    public void serve(ConfigDocument config, EndpointsDocument addresses) throws UnservableException {
        FilterSet prepared = filters.prepare(config);
        if (!prepared.errors().isEmpty()) {
            prepared.retire();
            throw new UnservableException(prepared.errors());
        }
        Generation next = new Generation(config, prepared);
        boolean served = false;
        // Last of what may fail: a document that is refused has touched neither pools nor addresses.
        try (Frontend.Sockets sockets = frontend.bind(config)) {
            synchronized (this) {
                generations.addLast(next);
                configurePools();
            }
            if (addresses != null) {
                endpoints(addresses);
            }
            sockets.serve(prepared.chains(), () -> executor.execute(() -> retire(next)));
            served = true;
        } catch (IOException e) {
            throw new UnservableException(List.of(new ConfigError("listeners", "cannot be served: " + e.getMessage())));
        } finally {
            if (!served) {
                retire(next);
            }
        }
        telemetry.apply(config);
    }

    @Override
    public void endpoints(EndpointsDocument addresses) {
        pools.endpoints(addresses);
    }

    private synchronized void retire(Generation old) {
        generations.remove(old);
        configurePools();
        old.filters().retire();
    }

    /** Settings of the newest document, backends of all. */
    private void configurePools() {
        if (!generations.isEmpty()) {
            Map<String, Backend> backends = new LinkedHashMap<>();
            generations.forEach(generation ->
                    generation.document().backends().forEach(backend -> backends.put(backend.id(), backend)));
            pools.configure(generations.getLast().document().connectionPool(), List.copyOf(backends.values()));
        }
    }
}

package io.proxyroute.proxy;

import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.ConfigError;
import io.proxyroute.contract.config.EndpointsDocument;
import io.proxyroute.proxy.config.ConfigApplier;
import io.proxyroute.proxy.config.ConfigRejectedException;
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
 * Applies a document step by step: first filters and sockets, which can fail; then pools and addresses; last the rules and
 * listeners, in one swap. Backends and filters of an older document stay until the last exchange that started under it has
 * ended, and are then removed on the executor. One call at a time; may block.
 */
final class DataPlane implements ConfigApplier {

    private final FilterRuntime filters;
    private final BackendPools pools;
    private final Frontend frontend;
    private final Telemetry telemetry;
    private final Executor executor;

    /** Documents that have or may get exchanges, oldest first; the last one is active. */
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
    public void apply(ConfigDocument config, EndpointsDocument addresses) throws ConfigRejectedException {
        FilterSet prepared = filters.prepare(config);
        if (!prepared.errors().isEmpty()) {
            prepared.retire();
            throw new ConfigRejectedException(prepared.errors());
        }
        Generation next = new Generation(config, prepared);
        boolean applied = false;
        // The last step that can fail: a rejected document has changed neither pools nor addresses.
        try (Frontend.PreparedListeners listeners = frontend.bind(config)) {
            synchronized (this) {
                generations.addLast(next);
                configurePools();
            }
            if (addresses != null) {
                applyEndpoints(addresses);
            }
            listeners.serve(prepared.chains(), () -> executor.execute(() -> retire(next)));
            applied = true;
        } catch (IOException e) {
            throw new ConfigRejectedException(
                    List.of(new ConfigError("listeners", "cannot be opened: " + e.getMessage())));
        } finally {
            if (!applied) {
                retire(next);
            }
        }
        telemetry.apply(config);
    }

    @Override
    public void applyEndpoints(EndpointsDocument addresses) {
        pools.endpoints(addresses);
    }

    private synchronized void retire(Generation old) {
        generations.remove(old);
        configurePools();
        old.filters().retire();
    }

    /** The newest document's settings, and the backends of all documents. */
    private void configurePools() {
        if (!generations.isEmpty()) {
            Map<String, Backend> backends = new LinkedHashMap<>();
            generations.forEach(generation ->
                    generation.document().backends().forEach(backend -> backends.put(backend.id(), backend)));
            pools.configure(generations.getLast().document().connectionPool(), List.copyOf(backends.values()));
        }
    }
}

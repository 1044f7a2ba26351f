package io.proxyroute.proxy.config;

import io.proxyroute.contract.admin.Applied;
import io.proxyroute.contract.admin.Update;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.ConfigError;
import io.proxyroute.contract.config.EndpointsDocument;
import io.proxyroute.contract.telemetry.Snapshot;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The active documents. An update is applied as a whole or not at all, and never replaces a newer one. The active
 * documents are also stored on disk. Thread-safe: updates are applied one at a time, and a concurrent one returns {@link
 * Outcome.Busy} instead of waiting; readers see the last complete update.
 */
public final class LiveConfig {

    private static final Logger LOG = LoggerFactory.getLogger(LiveConfig.class);

    private final ConfigApplier applier;
    private final StateDirectory state;
    private final InstantSource clock;
    private final boolean fellBack;
    private final ReentrantLock updating = new ReentrantLock();
    private volatile ActiveConfig active;

    private record ActiveConfig(ConfigDocument config, Instant appliedAt, EndpointsDocument endpoints) {

        long endpointsVersion() {
            return endpoints == null ? 0 : endpoints.version();
        }
    }

    /** The result of an update. */
    public sealed interface Outcome {

        /** The document is active now, or was already. */
        record Accepted(Applied now) implements Outcome {}

        /** The document is older than the active one, or differs from it under the same sequence number; nothing changed. */
        record Stale(Applied now) implements Outcome {}

        /** The document cannot be applied; nothing changed. */
        record Rejected(List<ConfigError> errors) implements Outcome {}

        /** Another update is being applied; nothing changed. */
        record Busy() implements Outcome {}
    }

    /**
     * Applies the initial documents, or the fallback if the newer configuration is rejected.
     *
     * @throws ConfigRejectedException neither can be applied
     */
    public LiveConfig(ConfigApplier applier, StateDirectory state, InstantSource clock, InitialConfig initial)
            throws ConfigRejectedException {
        this.applier = applier;
        this.state = state;
        this.clock = clock;
        ConfigDocument first = applyFirst(initial);
        this.fellBack = first != initial.config();
        this.active = new ActiveConfig(first, clock.instant(), initial.endpoints());
        state.store(first);
        if (initial.endpoints() != null) {
            state.store(initial.endpoints());
        }
    }

    private ConfigDocument applyFirst(InitialConfig initial) throws ConfigRejectedException {
        try {
            applier.apply(initial.config(), initial.endpoints());
            return initial.config();
        } catch (ConfigRejectedException e) {
            ConfigDocument fallback = initial.fallback();
            if (fallback == null) {
                throw e;
            }
            LOG.error(
                    "Cannot apply configuration {}, sequence {}: {} Falling back to configuration {}, sequence {}.",
                    initial.config().hash(),
                    initial.config().sequence(),
                    e.getMessage(),
                    fallback.hash(),
                    fallback.sequence());
            applier.apply(fallback, initial.endpoints());
            return fallback;
        }
    }

    /** Whether the newer document was rejected at startup and the fallback is active instead. */
    public boolean fellBack() {
        return fellBack;
    }

    /** Applies an update unless it is stale; blocks until it is active. */
    public Outcome apply(Update update) {
        if (!updating.tryLock()) {
            return new Outcome.Busy();
        }
        try {
            return applyLocked(update);
        } finally {
            updating.unlock();
        }
    }

    private Outcome applyLocked(Update update) {
        ConfigDocument current = active.config;
        ConfigDocument next = update.config();
        boolean same = next.withSequence(current.sequence()).equals(current);
        if (next.sequence() < current.sequence() || next.sequence() == current.sequence() && !same) {
            return new Outcome.Stale(applied());
        }
        EndpointsDocument endpoints = newer(update.endpoints());
        if (same) {
            active = new ActiveConfig(next, active.appliedAt, active.endpoints);
            if (next.sequence() > current.sequence()) {
                state.store(next);
            }
            if (endpoints != active.endpoints) {
                use(endpoints);
            }
            return new Outcome.Accepted(applied());
        }
        try {
            applier.apply(next, endpoints);
        } catch (ConfigRejectedException e) {
            return new Outcome.Rejected(e.errors());
        }
        boolean newEndpoints = endpoints != active.endpoints;
        active = new ActiveConfig(next, clock.instant(), endpoints);
        LOG.info("Serving configuration {}, sequence {}.", next.hash(), next.sequence());
        state.store(next);
        if (newEndpoints) {
            state.store(endpoints);
        }
        return new Outcome.Accepted(applied());
    }

    /**
     * Applies new addresses; a version that is not newer is ignored.
     *
     * @return empty while another update is being applied
     */
    public Optional<Applied> apply(EndpointsDocument endpoints) {
        if (!updating.tryLock()) {
            return Optional.empty();
        }
        try {
            if (newer(endpoints) != active.endpoints) {
                use(endpoints);
            }
            return Optional.of(applied());
        } finally {
            updating.unlock();
        }
    }

    private void use(EndpointsDocument endpoints) {
        applier.applyEndpoints(endpoints);
        active = new ActiveConfig(active.config, active.appliedAt, endpoints);
        state.store(endpoints);
    }

    private EndpointsDocument newer(EndpointsDocument offered) {
        EndpointsDocument current = active.endpoints;
        return offered != null && (current == null || offered.version() > current.version()) ? offered : current;
    }

    /** The active document. */
    public ConfigDocument document() {
        return active.config;
    }

    /** Hash and versions of the active documents, for the admin API. */
    public Applied applied() {
        ActiveConfig now = active;
        return new Applied(now.config.hash(), now.config.sequence(), now.endpointsVersion());
    }

    /** The same for telemetry snapshots. */
    public Snapshot.AppliedConfig status() {
        ActiveConfig now = active;
        return new Snapshot.AppliedConfig(
                now.config.hash(), now.config.sequence(), now.appliedAt, now.endpointsVersion());
    }
}

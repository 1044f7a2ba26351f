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
 * The documents being active. An update is active whole or not at all, and never an older one than that in force. What
 * was active last is kept on disk. Thread-safe: one update at a time, and whoever comes meanwhile is told so rather than
 * kept waiting; readers see the last complete one.
 */
public final class LiveConfig {

    private static final Logger LOG = LoggerFactory.getLogger(LiveConfig.class);

    private final Serving serving;
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

    /** What came of an update. */
    public sealed interface Outcome {

        /** It is active, or was already. */
        record Accepted(Applied now) implements Outcome {}

        /** It is older than what is active, or another document of the same sequence number; nothing changed. */
        record Stale(Applied now) implements Outcome {}

        /** It cannot be active; nothing changed. */
        record Refused(List<ConfigError> errors) implements Outcome {}

        /** Another one is being put into force; nothing changed. */
        record Busy() implements Outcome {}
    }

    /**
     * Serves the first documents; where the newer configuration cannot be active, the other one.
     *
     * @throws UnservableException neither can be active
     */
    public LiveConfig(Serving serving, StateDirectory state, InstantSource clock, StartDocuments start)
            throws UnservableException {
        this.serving = serving;
        this.state = state;
        this.clock = clock;
        ConfigDocument first = serveFirst(start);
        this.fellBack = first != start.config();
        this.active = new ActiveConfig(first, clock.instant(), start.endpoints());
        state.store(first);
        if (start.endpoints() != null) {
            state.store(start.endpoints());
        }
    }

    private ConfigDocument serveFirst(StartDocuments start) throws UnservableException {
        try {
            serving.serve(start.config(), start.endpoints());
            return start.config();
        } catch (UnservableException e) {
            ConfigDocument fallback = start.fallback();
            if (fallback == null) {
                throw e;
            }
            LOG.error(
                    "Configuration {}, sequence {}, cannot be active: {} Starting from configuration {}, sequence {}, instead.",
                    start.config().hash(),
                    start.config().sequence(),
                    e.getMessage(),
                    fallback.hash(),
                    fallback.sequence());
            serving.serve(fallback, start.endpoints());
            return fallback;
        }
    }

    /** Whether the newer document at the start was refused, and the other is active in its place. */
    public boolean fellBack() {
        return fellBack;
    }

    /** Serves an update unless it is stale; blocks until it is active. */
    public Outcome apply(Update update) {
        if (!updating.tryLock()) {
            return new Outcome.Busy();
        }
        try {
            return serve(update);
        } finally {
            updating.unlock();
        }
    }

    private Outcome serve(Update update) {
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
            serving.serve(next, endpoints);
        } catch (UnservableException e) {
            return new Outcome.Refused(e.errors());
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
     * Uses new addresses; those of a lower version are ignored.
     *
     * @return empty while an update is being put into force
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
        serving.endpoints(endpoints);
        active = new ActiveConfig(active.config, active.appliedAt, endpoints);
        state.store(endpoints);
    }

    private EndpointsDocument newer(EndpointsDocument offered) {
        EndpointsDocument current = active.endpoints;
        return offered != null && (current == null || offered.version() > current.version()) ? offered : current;
    }

    /** The document active. */
    public ConfigDocument document() {
        return active.config;
    }

    /** What is active, in the admin protocol's words. */
    public Applied applied() {
        ActiveConfig now = active;
        return new Applied(now.config.hash(), now.config.sequence(), now.endpointsVersion());
    }

    /** What is active, in telemetry's words. */
    public Snapshot.AppliedConfig status() {
        ActiveConfig now = active;
        return new Snapshot.AppliedConfig(
                now.config.hash(), now.config.sequence(), now.appliedAt, now.endpointsVersion());
    }
}

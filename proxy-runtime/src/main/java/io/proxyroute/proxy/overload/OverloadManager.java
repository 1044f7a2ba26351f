package io.proxyroute.proxy.overload;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Samples how much of each resource is in use, and starts and ends the actions. {@link #evaluate()} is called every
 * {@value #INTERVAL_MILLIS} ms by one thread.
 */
public final class OverloadManager {

    /** How often the pressure is evaluated. */
    public static final int INTERVAL_MILLIS = 100;

    private static final Logger LOG = LoggerFactory.getLogger(OverloadManager.class);
    private static final OverloadAction[] ACTIONS = OverloadAction.values();
    /** Descriptors and memory are sampled in every tenth evaluation. */
    private static final int SLOW_SAMPLES = 10;
    /** An action is logged once in this many evaluations. */
    private static final int LOG_EVALUATIONS = 100;

    private final Overload overload;
    private final Map<Resource, DoubleSupplier> monitors;
    private final Effects effects;
    private final double[] pressures = new double[Resource.values().length];
    private final boolean[] wasActive = new boolean[ACTIONS.length];
    private final long[] loggedAt = new long[ACTIONS.length];
    private long evaluations;
    private boolean warnedOfDirectMemory;

    /** Carries out the actions that do not start with a request. */
    public interface Effects {

        /** Closes idle connections that exceed the shortened timeout. */
        void closeIdle();

        /** Closes a part of the connections. */
        void closeConnections();

        /** Stops or resumes accepting connections. */
        void accept(boolean enabled);
    }

    /** @param monitors the share of each resource that is in use; a resource without one has no pressure */
    public OverloadManager(Overload overload, Map<Resource, DoubleSupplier> monitors, Effects effects) {
        this.overload = overload;
        this.monitors = new EnumMap<>(monitors);
        this.effects = effects;
    }

    /** Samples, then starts, continues or ends actions. */
    public void evaluate() {
        boolean all = evaluations % SLOW_SAMPLES == 0;
        monitors.forEach((resource, monitor) -> {
            if (all || resource == Resource.HELD_BYTES || resource == Resource.CONNECTIONS) {
                pressures[resource.ordinal()] = monitor.getAsDouble();
            }
        });
        overload.update(pressures);
        evaluations++;
        for (OverloadAction action : ACTIONS) {
            boolean active = overload.isActive(action);
            if (active != wasActive[action.ordinal()]) {
                wasActive[action.ordinal()] = active;
                changed(action, active);
            }
        }
        if (overload.isActive(OverloadAction.CLOSE_CONNECTIONS)) {
            effects.closeConnections();
        }
        if (all && overload.isActive(OverloadAction.SHORTEN_IDLE)) {
            effects.closeIdle();
        }
        warnOfDirectMemory();
    }

    private void changed(OverloadAction action, boolean active) {
        if (action == OverloadAction.STOP_ACCEPTING) {
            effects.accept(!active);
            if (active) {
                overload.count(action);
            }
        }
        boolean logged = loggedAt[action.ordinal()] > 0;
        if (active && (!logged || evaluations - loggedAt[action.ordinal()] >= LOG_EVALUATIONS)) {
            loggedAt[action.ordinal()] = evaluations;
            Resource trigger = overload.trigger(action);
            LOG.warn(
                    "Overload: {} starts, because {} is at {} %.",
                    action, trigger, percent(overload.pressure(trigger)));
        }
    }

    private void warnOfDirectMemory() {
        double pressure = overload.pressure(Resource.DIRECT_MEMORY);
        boolean high = pressure >= OverloadAction.CLOSE_CONNECTIONS.threshold();
        if (high && !warnedOfDirectMemory) {
            LOG.warn("{} % of the direct memory is reserved. If it runs out, exchanges fail.", percent(pressure));
        }
        warnedOfDirectMemory = high || warnedOfDirectMemory && pressure >= OverloadAction.SHORTEN_IDLE.threshold();
    }

    private static long percent(double share) {
        return Math.round(100 * share);
    }
}

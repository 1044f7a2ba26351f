package io.proxyroute.proxy.overload;

import java.util.concurrent.atomic.LongAdder;

/**
 * Which resources run out and which actions are active. Written by one thread, the {@link OverloadManager}'s; read by
 * every event loop, for each request, at the cost of a volatile read.
 */
public final class Overload {

    /** An active action stays active until the pressure is this much below its threshold. */
    private static final double HYSTERESIS = 0.05;
    /** From the pressure at which closing starts, idle times are this share of what is configured. */
    private static final double SHORTEST_IDLE = 0.05;

    private static final OverloadAction[] ACTIONS = OverloadAction.values();
    private static final Resource[] RESOURCES = Resource.values();

    private final ResourceLimits limits;
    /** Indexed by resource. Replaced as a whole. */
    private volatile double[] pressures = new double[RESOURCES.length];
    /** The resource that calls for each action; null if the action is not active. Replaced as a whole. */
    private volatile Resource[] triggers = new Resource[ACTIONS.length];

    private volatile int active;
    private final LongAdder[][] counts = new LongAdder[ACTIONS.length][RESOURCES.length];

    /** Without pressure. */
    public Overload(ResourceLimits limits) {
        this.limits = limits;
        for (LongAdder[] row : counts) {
            for (int i = 0; i < row.length; i++) {
                row[i] = new LongAdder();
            }
        }
    }

    /** The limits of the process. */
    public ResourceLimits limits() {
        return limits;
    }

    /** Whether an action is active. */
    public boolean isActive(OverloadAction action) {
        return (active & 1 << action.ordinal()) != 0;
    }

    /** The resource that calls for an action most; null if the action is not active. */
    public Resource trigger(OverloadAction action) {
        return triggers[action.ordinal()];
    }

    /** The share of a resource that is in use; may exceed 1. */
    public double pressure(Resource resource) {
        return pressures[resource.ordinal()];
    }

    /** Whether the bytes that connections hold call for closing some. */
    public boolean isTooMuchHeld(long bytes) {
        return bytes > OverloadAction.CLOSE_CONNECTIONS.threshold() * limits.heldBytes();
    }

    /** Whether the number of client connections calls for closing some. */
    public boolean areTooManyConnected(long connections) {
        return connections > OverloadAction.CLOSE_CONNECTIONS.threshold() * limits.clientConnections();
    }

    /**
     * An idle timeout under the current pressure: unchanged below the threshold of {@link OverloadAction#SHORTEN_IDLE},
     * then linearly shorter.
     *
     * @param nanos in nanoseconds; 0 for none
     * @return in nanoseconds; 0 for none
     */
    public long shortened(long nanos) {
        if (!isActive(OverloadAction.SHORTEN_IDLE) || nanos == 0) {
            return nanos;
        }
        double start = OverloadAction.SHORTEN_IDLE.threshold();
        double end = OverloadAction.CLOSE_CONNECTIONS.threshold();
        Resource trigger = trigger(OverloadAction.SHORTEN_IDLE);
        double pressure = trigger == null ? start : pressure(trigger);
        double share = 1 - (1 - SHORTEST_IDLE) * Math.clamp((pressure - start) / (end - start), 0, 1);
        return Math.max(1, (long) (share * nanos));
    }

    /** Counts what an action did, for the resource that called for it. Any thread. */
    public void count(OverloadAction action, Resource resource) {
        counts[action.ordinal()][resource.ordinal()].increment();
    }

    /** Counts what an active action did. Any thread. */
    public void count(OverloadAction action) {
        Resource trigger = trigger(action);
        if (trigger != null) {
            count(action, trigger);
        }
    }

    /** How often an action did something for a resource. */
    public long total(OverloadAction action, Resource resource) {
        return counts[action.ordinal()][resource.ordinal()].sum();
    }

    /** Sets the pressures, indexed by resource, and activates the actions that they call for. */
    void update(double[] current) {
        Resource[] called = new Resource[ACTIONS.length];
        int bits = 0;
        for (OverloadAction action : ACTIONS) {
            double from = action.threshold() - (isActive(action) ? HYSTERESIS : 0);
            Resource trigger = null;
            for (Resource resource : RESOURCES) {
                double pressure = current[resource.ordinal()];
                if (resource.calls(action)
                        && pressure >= from
                        && (trigger == null || pressure > current[trigger.ordinal()])) {
                    trigger = resource;
                }
            }
            called[action.ordinal()] = trigger;
            bits |= trigger == null ? 0 : 1 << action.ordinal();
        }
        pressures = current.clone();
        triggers = called;
        active = bits;
    }
}

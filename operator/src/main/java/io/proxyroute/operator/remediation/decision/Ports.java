package io.proxyroute.operator.remediation.decision;

import io.proxyroute.operator.remediation.decision.Run.Evidence;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The interfaces that runs use. Each call may throw {@link Unavailable}, before or after it took effect. Then the tick
 * ends, and the next one reads the actual state.
 */
public final class Ports {

    private Ports() {}

    /** The route and its pods. */
    public interface Pods {

        /** Reads everything uncached. */
        Fleet read();

        /**
         * Removes the pod from the Deployment; it continues to serve.
         *
         * @throws Conflict if the pod has changed since it was read
         */
        void detach(Fleet.Pod pod);

        /**
         * Returns the pod to the Deployment.
         *
         * @throws Conflict if the pod has changed since it was read
         */
        void reattach(Fleet.Pod pod);

        /** Requests the eviction of exactly the pod that was read. */
        EvictionResult evict(Fleet.Pod pod);
    }

    /** The API server's response to an eviction. */
    public enum EvictionResult {
        /** The pod drains. */
        ACCEPTED,
        /** The pod is gone, terminating, or has changed since it was read. */
        CHANGED,
        /** The disruption budget does not allow it now. */
        BLOCKED,
        /** No eviction can succeed with the current disruption budgets. */
        IMPOSSIBLE
    }

    /** The runs of a route: its lock and its history. */
    public interface Journal {

        /** Reads the runs uncached, oldest first; at least those of the last 24 h, and always the newest. */
        List<Run> runs();

        /**
         * Creates a run.
         *
         * @throws Conflict if its number is taken
         */
        Run create(Run run);

        /**
         * Writes a run's progress.
         *
         * @throws Conflict if another writer has changed it since
         */
        Run update(Run run);
    }

    /** The budget of actions of all routes together. */
    public interface ActionBudget {

        /**
         * Records an action before it starts; a repeated action keeps its entry and gets a new time.
         *
         * @return false if {@code max} other actions are recorded within the window; then nothing is recorded
         */
        boolean take(String run, Instant now, int max, Duration window);
    }

    /** Collects evidence. */
    public interface EvidenceCollector {

        /**
         * Collects evidence. A proxy that does not respond is not an error: the summary says what is missing.
         *
         * @param deep whether to include diagnostics that pause the process
         */
        Evidence collect(Run run, boolean deep, Duration timeout);
    }

    /** Is notified of the progress of runs. */
    public interface RunListener {

        /** The run was created or has reached another step; the same step may be reported again. Must not throw. */
        void advanced(Run run);
    }

    /** Another writer was first; the caller stops and reads again. */
    public static final class Conflict extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** @param message what failed and why */
        public Conflict(String message) {
            super(message);
        }
    }

    /** The call failed; whether it took effect is unknown. */
    public static final class Unavailable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** @param message what failed and why */
        public Unavailable(String message, Throwable cause) {
            super(message, cause);
        }
    }
}

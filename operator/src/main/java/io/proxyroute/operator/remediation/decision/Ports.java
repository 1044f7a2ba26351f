package io.proxyroute.operator.remediation.decision;

import io.proxyroute.operator.remediation.decision.Run.Evidence;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The world, as far as an episode needs it. Each call may throw {@link Unavailable}, before or after it took effect: the
 * tick ends, and the next one reads again what is the case.
 */
public final class Ports {

    private Ports() {}

    /** The route and its pods. */
    public interface Pods {

        /** Reads everything uncached. */
        Fleet read();

        /**
         * Takes the pod out of the Deployment's count; it goes on serving.
         *
         * @throws Conflict when the pod is not what was read
         */
        void detach(Fleet.Pod pod);

        /**
         * Gives it back to the Deployment.
         *
         * @throws Conflict when the pod is not what was read
         */
        void reattach(Fleet.Pod pod);

        /** Asks for the eviction of exactly the pod that was read. */
        EvictionResult evict(Fleet.Pod pod);
    }

    /** The API server's answer to an eviction. */
    public enum EvictionResult {
        /** It drains. */
        ACCEPTED,
        /** It is gone, going, or has changed since it was read: read again. */
        CHANGED,
        /** The disruption budget says no for now. */
        BLOCKED,
        /** No eviction can ever work as things are set up. */
        IMPOSSIBLE
    }

    /** The runs of a route: its lock and its memory. */
    public interface Journal {

        /** Reads the runs uncached, oldest first: at least those of the last 24 h, and the newest always. */
        List<Run> runs();

        /**
         * Creates a run.
         *
         * @throws Conflict when its number is taken
         */
        Run create(Run run);

        /**
         * Writes a run's progress.
         *
         * @throws Conflict when it was written by someone else in between
         */
        Run update(Run run);
    }

    /** Actions of all routes together. */
    public interface ActionBudget {

        /**
         * Notes an action before it begins and when it is done, again under its own name if it was noted before.
         *
         * @return false when as many others are noted within the window already; then nothing is noted
         */
        boolean take(String run, Instant now, int max, Duration window);
    }

    /** Collects evidence and writes the report. */
    public interface EvidenceCollector {

        /**
         * Cheap evidence, or also what stops the process. Never throws for want of an answer: what is missing is said in
         * the verdict.
         */
        Evidence collect(Run run, boolean deep, Duration timeout);

        /** The run is over, or has come to another phase: the report may be brought up to date. */
        void progressed(Run run);
    }

    /** Somebody else has written in between: whoever gets this stops and reads again. */
    public static final class Conflict extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** @param message in a sentence */
        public Conflict(String message) {
            super(message);
        }
    }

    /** The call failed; whether it took effect is unknown. */
    public static final class Unavailable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** @param message in a sentence */
        public Unavailable(String message, Throwable cause) {
            super(message, cause);
        }
    }
}

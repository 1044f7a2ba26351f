package io.proxyroute.operator.remediation.detection;

import io.proxyroute.contract.telemetry.LedgerSummary.LeakSite;
import io.proxyroute.operator.remediation.detection.ThresholdRule.GrowingPerMinute;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** A problem of one pod. */
public sealed interface Finding {

    /** Describes the finding with figures, without the pod's name and without a full stop. */
    String message();

    /** The subject; null if the finding alone never leads to an action. */
    default Subject subject() {
        return null;
    }

    /** Whether it is confirmed, as opposed to a first sign. */
    default boolean confirmed() {
        return false;
    }

    /**
     * A series grows like a leak.
     *
     * @param evidence evidence of the newest evaluation
     * @param confirmed whether enough of the last evaluations agree
     */
    record Leak(LeakEvidence evidence, boolean confirmed) implements Finding {
        @Override
        public Subject subject() {
            return Subject.leak(evidence.signal());
        }

        @Override
        public String message() {
            return evidence.message();
        }
    }

    /**
     * A user's threshold is breached.
     *
     * @param rule the threshold
     * @param value newest value, or growth per minute
     * @param bound bound of the threshold
     * @param since start of the breach
     * @param at time of the newest reading
     * @param sustained whether it lasts as long as the rule requires
     */
    record Breach(ThresholdRule rule, double value, double bound, Instant since, Instant at, boolean sustained)
            implements Finding {
        @Override
        public Subject subject() {
            return Subject.of(rule);
        }

        @Override
        public boolean confirmed() {
            return sustained;
        }

        @Override
        public String message() {
            boolean growth = rule.bound() instanceof GrowingPerMinute;
            Signal signal = rule.signal();
            String unit = rule.unit();
            return growth
                    ? "%s: growth of %s per minute for %s; threshold %s is %s"
                            .formatted(
                                    Formats.capitalized(signal.label()),
                                    Formats.amount(value, unit),
                                    Formats.time(Duration.between(since, at)),
                                    rule.name(),
                                    Formats.amount(bound, unit))
                    : "%s: %s for %s; threshold %s is %s"
                            .formatted(
                                    Formats.capitalized(signal.label()),
                                    Formats.amount(value, unit),
                                    Formats.time(Duration.between(since, at)),
                                    rule.name(),
                                    Formats.amount(bound, unit));
        }
    }

    /**
     * A filter leaks resources that the ledger reclaims. It is reported, but no pod is replaced for it.
     *
     * @param site filter, call site and kind of resource
     */
    record Reclaimable(LeakSite site) implements Finding {
        @Override
        public String message() {
            return "Filter %s leaked a %s %d times at %s%s, %d of them reclaimed"
                    .formatted(
                            site.filter(),
                            site.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                            site.count(),
                            site.site(),
                            site.backend() == null ? "" : " (backend " + site.backend() + ")",
                            site.reclaimed());
        }
    }

    /**
     * One backend has become slow and most connections wait for it. Prevents a replacement, since restarting the proxy does not help.
     *
     * @param backend its id
     * @param beforeMillis median wait for a connection and a response in the first quarter of the readings, from 99th
     *     percentiles
     * @param nowMillis the same in the last quarter
     */
    record SlowBackend(String backend, double beforeMillis, double nowMillis) implements Finding {
        /**
         * Whether waiting for the backend can make the signal grow. Exchanges, connections and threads wait with it.
         * The live set is already corrected for exchanges in flight, and a nearly full heap makes every backend look
         * slow.
         */
        public boolean explains(Signal signal) {
            return switch (signal) {
                case THREADS, VIRTUAL_THREADS, CONNECTIONS, POOL_IN_USE -> true;
                case HEAP, LIVE_SET, NETTY_DIRECT_MEMORY, JDK_DIRECT_MEMORY -> false;
            };
        }

        @Override
        public String message() {
            return ("Backend %s has become slow (p99 wait for a connection and a response: %.0f ms, previously %.0f ms)"
                            + " and has at least half of the active connections")
                    .formatted(backend, nowMillis, beforeMillis);
        }
    }
}

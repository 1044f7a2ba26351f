package io.proxyroute.operator.remediation.detection;

import io.proxyroute.contract.telemetry.LedgerSummary.Offender;
import io.proxyroute.operator.remediation.detection.ThresholdRule.GrowingPerMinute;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Something noteworthy about one pod. */
public sealed interface Finding {

    /** The finding in words, without the pod's name. */
    String sentence();

    /** What it is about; null for what is only told beside others. */
    default Subject subject() {
        return null;
    }

    /** Whether it is believed, and not only a first sign. */
    default boolean confirmed() {
        return false;
    }

    /**
     * A series grows like a leak.
     *
     * @param evidence of the newest verdict
     * @param confirmed whether three of the last four verdicts agree
     */
    record Leak(LeakEvidence evidence, boolean confirmed) implements Finding {
        @Override
        public Subject subject() {
            return Subject.leak(evidence.signal());
        }

        @Override
        public String sentence() {
            return evidence.sentence();
        }
    }

    /**
     * A user's threshold is breached.
     *
     * @param rule the threshold
     * @param value newest value, or the growth a minute
     * @param bound the value that it passed
     * @param since when the breach began
     * @param at the newest reading
     * @param sustained whether it has lasted as long as the rule says
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
        public String sentence() {
            boolean growth = rule.bound() instanceof GrowingPerMinute;
            Signal signal = rule.signal();
            String unit = rule.unit();
            return growth
                    ? "%s grows by %s a minute, more than the threshold of %s, for %s"
                            .formatted(
                                    Formats.capital(signal.words()),
                                    Formats.amount(value, unit),
                                    Formats.amount(bound, unit),
                                    Formats.time(Duration.between(since, at)))
                    : "%s is at %s, above the threshold of %s, for %s"
                            .formatted(
                                    Formats.capital(signal.words()),
                                    Formats.amount(value, unit),
                                    Formats.amount(bound, unit),
                                    Formats.time(Duration.between(since, at)));
        }
    }

    /**
     * A filter leaves things behind that the ledger takes back. Told, never a reason to replace a pod.
     *
     * @param offender who, where, what
     */
    record Reclaimable(Offender offender) implements Finding {
        @Override
        public String sentence() {
            return "Filter %s leaves a %s behind at %s%s: %d times, %d taken back"
                    .formatted(
                            offender.filter(),
                            offender.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                            offender.site(),
                            offender.backend() == null ? "" : " (backend " + offender.backend() + ")",
                            offender.count(),
                            offender.reclaimed());
        }
    }

    /**
     * What grows is tied to one backend that has become slow. A veto: restarting the proxy would not help.
     *
     * @param backend its id
     * @param beforeMillis wait for a connection and its answer in the first quarter of the window, 99th percentiles
     * @param nowMillis the same in the last quarter
     */
    record SickBackend(String backend, double beforeMillis, double nowMillis) implements Finding {
        /**
         * Whether waiting for it can make this grow. It holds exchanges, connections and threads; what full collections
         * leave is corrected for the exchanges in flight already, and a heap near its end makes every backend look slow.
         */
        public boolean explains(Signal signal) {
            return switch (signal) {
                case THREADS, VIRTUAL_THREADS, CONNECTIONS, POOL_IN_USE -> true;
                case HEAP, LIVE_SET, NETTY_DIRECT_MEMORY, JDK_DIRECT_MEMORY -> false;
            };
        }

        @Override
        public String sentence() {
            return "Backend %s has become slow (p99 of waiting for a connection and its answer %.0f ms, before %.0f ms): what grows is waiting for it"
                    .formatted(backend, nowMillis, beforeMillis);
        }
    }
}

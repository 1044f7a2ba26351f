package io.proxyroute.operator.remediation.detection;

import java.time.Duration;

/**
 * The leak test's parameters. Defaults are the API's; shorter ones make a shorter test, with nothing else changed.
 *
 * @param enabled whether the leak test runs at all; thresholds are independent of it
 * @param samplingInterval how often proxies measure their live set
 * @param warmUp what is skipped after a start, or after a change of the route's own specification
 * @param window the shortest stretch that is judged; 3, 6 and 12 of them and the whole life are judged too
 * @param minSamples nothing is judged on fewer measurements
 * @param evaluations verdicts that are remembered
 * @param confirmations how many of them must say leak before it is believed
 * @param minGrowth growth over the stretch that counts, as a share of the limit
 * @param horizon exhaustion later than this is no finding
 * @param actWithin a confirmed leak is acted on once its latest safe moment is nearer than this, or sooner where many pods leak
 * @param drainAndWarmUp what a replacement takes: the latest safe moment lies this long before exhaustion
 * @param virtualThreads how many virtual threads count as exhausted, since the JVM sets no limit
 * @param threads how many platform threads count as exhausted
 */
public record LeakSettings(
        boolean enabled,
        Duration samplingInterval,
        Duration warmUp,
        Duration window,
        int minSamples,
        int evaluations,
        int confirmations,
        double minGrowth,
        Duration horizon,
        Duration actWithin,
        Duration drainAndWarmUp,
        int virtualThreads,
        int threads) {

    /** What proxies tell of their traffic is a mean over this long. */
    static final Duration MEAN_OF_PROXIES = Duration.ofMinutes(1);

    /**
     * The traffic that a level is corrected for is a mean over this long: of a minute, or of less where windows are
     * short. A longer one would still be rising when a window begins, and rise beside the leak.
     */
    Duration loadMean() {
        Duration share = window.dividedBy(6);
        return Durations.shorter(Durations.longer(share, samplingInterval), MEAN_OF_PROXIES);
    }

    /** Verdicts are no more frequent than this, so that several in a row say more than one. */
    public Duration evaluationInterval() {
        return Durations.longer(window.dividedBy(12), samplingInterval);
    }

    /** A verdict that is older than this confirms nothing: twice what it takes to make all that are remembered. */
    Duration verdictLife() {
        return evaluationInterval().multipliedBy(2L * evaluations);
    }
}

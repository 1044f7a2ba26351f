package io.proxyroute.operator.remediation.detection;

import java.time.Duration;

/**
 * Parameters of the leak test. The defaults are the API's; shorter durations only shorten the test.
 *
 * @param enabled whether the leak test runs; thresholds do not depend on it
 * @param samplingInterval how often proxies measure their live set
 * @param warmUp measurements this soon after a start, or after a change of the route's own specification, do not count
 * @param window shortest stretch that is tested; stretches of 3, 6 and 12 windows and the whole history are tested too
 * @param minSamples fewer measurements are not tested
 * @param minGrowth growth over the stretch that counts, as a share of the limit
 * @param confirmation how many results must agree
 * @param urgency when a leak calls for action
 * @param threadLimits numbers of threads that count as exhausted
 */
public record LeakSettings(
        boolean enabled,
        Duration samplingInterval,
        Duration warmUp,
        Duration window,
        int minSamples,
        double minGrowth,
        Confirmation confirmation,
        Urgency urgency,
        ThreadLimits threadLimits) {

    /** Proxies report their traffic as a mean over this time. */
    static final Duration PROXY_LOAD_MEAN = Duration.ofMinutes(1);

    /**
     * How many results of the leak test must agree.
     *
     * @param evaluations results that are kept
     * @param agreeing number of these evaluations that must agree to confirm a leak
     */
    public record Confirmation(int evaluations, int agreeing) {}

    /**
     * When a leak calls for action.
     *
     * @param horizon a later exhaustion is no finding
     * @param actWithin a confirmed leak is acted on once its latest safe moment is this close, or earlier if many pods
     *     leak
     * @param drainAndWarmUp duration of a replacement: the latest safe moment is this long before exhaustion
     */
    public record Urgency(Duration horizon, Duration actWithin, Duration drainAndWarmUp) {}

    /**
     * Numbers of threads that count as exhausted, since the JVM sets no limit.
     *
     * @param virtual threads
     * @param platform threads
     */
    public record ThreadLimits(int virtual, int platform) {}

    /**
     * A level is corrected for the mean traffic over this time: a minute, or less if windows are short. A longer mean
     * would still rise when a window starts, and look like part of the leak.
     */
    Duration loadMean() {
        Duration share = window.dividedBy(6);
        return Durations.min(Durations.max(share, samplingInterval), PROXY_LOAD_MEAN);
    }

    /** Evaluations are at least this far apart, so that consecutive results differ. */
    public Duration evaluationInterval() {
        return Durations.max(window.dividedBy(12), samplingInterval);
    }

    /** An older evaluation confirms nothing: twice the time that all evaluations of a confirmation take. */
    Duration evaluationLifetime() {
        return evaluationInterval().multipliedBy(2L * confirmation.evaluations());
    }
}

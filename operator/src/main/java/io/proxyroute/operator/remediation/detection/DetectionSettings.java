package io.proxyroute.operator.remediation.detection;

import java.time.Duration;
import java.util.List;

/**
 * What is monitored.
 *
 * @param pollInterval how often samples are expected; missing ones interrupt a breach
 * @param staleAfter a pod whose newest sample is older is unknown
 * @param thresholds set by the user
 * @param leak parameters of the leak test
 */
public record DetectionSettings(
        Duration pollInterval, Duration staleAfter, List<ThresholdRule> thresholds, LeakSettings leak) {

    public DetectionSettings {
        thresholds = List.copyOf(thresholds);
    }

    /** How long readings are kept, for new thresholds and the check for slow backends. */
    Duration retention() {
        return leak.window().plus(pollInterval.multipliedBy(4));
    }

    /** Whether the leak test or a threshold needs the live set. */
    boolean needsLiveSet() {
        return leak.enabled() || thresholds.stream().anyMatch(rule -> rule.signal() == Signal.LIVE_SET);
    }

    /** Whether the subject is monitored. */
    public boolean isMonitored(Subject subject) {
        return subject.threshold() == null
                ? leak.enabled()
                : thresholds.stream().anyMatch(rule -> Subject.of(rule).equals(subject));
    }

    /**
     * When a threshold counts as breached. A threshold on the live set needs three consecutive measurements in breach,
     * however short its duration, since nothing is known about the time between them.
     */
    ThresholdWatch.Criteria criteria(ThresholdRule rule) {
        if (rule.signal() != Signal.LIVE_SET) {
            return new ThresholdWatch.Criteria(rule, pollInterval, rule.sustained());
        }
        Duration three = leak.samplingInterval().multipliedBy(2);
        return new ThresholdWatch.Criteria(rule, leak.samplingInterval(), Durations.max(three, rule.sustained()));
    }
}

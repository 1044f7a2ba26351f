package io.proxyroute.operator.remediation.detection;

import java.time.Duration;
import java.util.List;

/**
 * What is monitored.
 *
 * @param pollInterval how often samples are expected; missing ones interrupt a breach
 * @param staleAfter age of the newest sample from which a pod is unknown
 * @param thresholds of the user
 * @param leak parameters of the leak test
 */
public record DetectionSettings(
        Duration pollInterval, Duration staleAfter, List<ThresholdRule> thresholds, LeakSettings leak) {

    public DetectionSettings {
        thresholds = List.copyOf(thresholds);
    }

    /** How long readings are kept: new thresholds and the check for slow backends read them. */
    Duration retention() {
        return leak.window().plus(pollInterval.multipliedBy(4));
    }

    /** Whether the leak test or a threshold needs the live set. */
    boolean watchesLiveSet() {
        return leak.enabled() || thresholds.stream().anyMatch(rule -> rule.signal() == Signal.LIVE_SET);
    }

    /** Whether the subject is monitored. */
    public boolean watches(Subject subject) {
        return subject.threshold() == null
                ? leak.enabled()
                : thresholds.stream().anyMatch(rule -> Subject.of(rule).equals(subject));
    }

    /**
     * Terms of a threshold. A threshold of the live set needs three consecutive measurements in breach, however short its
     * duration, since nothing is known between two of them.
     */
    ThresholdWatch.Terms terms(ThresholdRule rule) {
        if (rule.signal() != Signal.LIVE_SET) {
            return new ThresholdWatch.Terms(rule, pollInterval, rule.sustained());
        }
        Duration three = leak.samplingInterval().multipliedBy(2);
        return new ThresholdWatch.Terms(rule, leak.samplingInterval(), Durations.longer(three, rule.sustained()));
    }
}

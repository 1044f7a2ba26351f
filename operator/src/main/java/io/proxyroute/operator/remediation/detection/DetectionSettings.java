package io.proxyroute.operator.remediation.detection;

import java.time.Duration;
import java.util.List;

/**
 * What is watched for.
 *
 * @param pollInterval how often samples are expected; missing ones break a threshold's time
 * @param staleAfter age of the newest sample from which a pod is unknown
 * @param thresholds the user's
 * @param leak the leak test's parameters
 */
public record DetectionSettings(
        Duration pollInterval, Duration staleAfter, List<ThresholdRule> thresholds, LeakSettings leak) {

    public DetectionSettings {
        thresholds = List.copyOf(thresholds);
    }

    /** How long readings are kept: a new threshold and the veto look back so far. */
    Duration memory() {
        return leak.window().plus(pollInterval.multipliedBy(4));
    }

    /** Whether the live set is looked at, by the leak test or by a threshold. */
    boolean watchesLiveSet() {
        return leak.enabled() || thresholds.stream().anyMatch(rule -> rule.signal() == Signal.LIVE_SET);
    }

    /** Whether this is looked for. */
    public boolean watches(Subject subject) {
        return subject.threshold() == null
                ? leak.enabled()
                : thresholds.stream().anyMatch(rule -> Subject.of(rule).equals(subject));
    }

    /**
     * What a threshold comes to. One on the live set is not honoured before three measurements in a row have breached it,
     * however short its time: between two of them nothing is known.
     */
    ThresholdWatch.Terms terms(ThresholdRule rule) {
        if (rule.signal() != Signal.LIVE_SET) {
            return new ThresholdWatch.Terms(rule, pollInterval, rule.sustained());
        }
        Duration three = leak.samplingInterval().multipliedBy(2);
        return new ThresholdWatch.Terms(rule, leak.samplingInterval(), Durations.longer(three, rule.sustained()));
    }
}

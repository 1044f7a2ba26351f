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

    /** How long readings are kept: what the longest threshold and the shortest window need. */
    Duration memory() {
        Duration longest = leak.window();
        for (ThresholdRule rule : thresholds) {
            if (rule.sustained().compareTo(longest) > 0) {
                longest = rule.sustained();
            }
        }
        return longest.plus(pollInterval.multipliedBy(4));
    }
}

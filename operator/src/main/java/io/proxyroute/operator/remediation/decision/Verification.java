package io.proxyroute.operator.remediation.decision;

import io.proxyroute.operator.remediation.decision.Fleet.Pod;
import io.proxyroute.operator.remediation.decision.Transition.Advance;
import io.proxyroute.operator.remediation.decision.Transition.Effect;
import io.proxyroute.operator.remediation.decision.Transition.Record;
import io.proxyroute.operator.remediation.decision.Transition.Wait;
import io.proxyroute.operator.remediation.detection.Diagnosis;
import io.proxyroute.operator.remediation.detection.Finding;
import io.proxyroute.operator.remediation.detection.LeakSettings;
import io.proxyroute.operator.remediation.detection.Subject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Whether a replacement helped: the pod is gone, its successor is free of what the run is about, and proxies lost no
 * answer by their own fault meanwhile. What is found of other signals is a matter of its own.
 */
record Verification(Run run, Fleet fleet, Observation observation, DecisionSettings settings, Instant now) {

    Transition next(State.Verify verify) {
        LeakSettings leak = settings.detection().leak();
        Instant measured = verify.since().plus(leak.warmUp()).plus(leak.samplingInterval());
        boolean inTime = now.isBefore(measured.plus(settings.verifyTimeout()));
        if (fleet.pod(run.podUid()).filter(Pod::isOurs).isPresent()) {
            return inTime
                    ? new Wait("waiting until " + run.podName() + " has drained and is gone")
                    : rest(Outcome.INEFFECTIVE, "%s is still not gone.".formatted(run.podName()));
        }
        if (run.actedAt() == null) {
            return rest(Outcome.GONE, "%s went away by itself.".formatted(run.podName()));
        }
        Optional<ProxyErrors> counted = run.errors().counted(run.podUid(), fleet, observation.vitals());
        if (counted.isPresent()) {
            return new Record(run.with(counted.get()));
        }
        Subject subject = run.cause().subject();
        if (!settings.detection().watches(subject)) {
            return rest(
                    Outcome.INEFFECTIVE, "Nobody can say whether it helped: what was found is no longer looked for.");
        }
        Optional<Diagnosis> replacement = Optional.ofNullable(run.replacement())
                .map(pod -> observation.diagnoses().get(pod.podUid()));
        boolean fleetWhole = fleet.servingWithout(run.podUid())
                        .filter(p -> observation.isCurrent(p.uid()))
                        .count()
                >= fleet.wanted();
        int good = replacement.map(d -> d.goodSamples(subject)).orElse(0);
        List<Finding> alike = replacement.stream()
                .flatMap(d -> d.about(subject.signal()).stream())
                .filter(Guard::callsForReplacement)
                .toList();
        if (fleetWhole && good >= settings.verifySamples() && alike.isEmpty()) {
            return proved(run.errors().meanwhile());
        }
        Optional<Finding> again = alike.stream().filter(Finding::confirmed).findFirst();
        if (again.isPresent()) {
            return rest(
                    Outcome.INEFFECTIVE,
                    "%s shows it too: %s."
                            .formatted(run.replacement().podName(), again.get().sentence()));
        }
        return inTime
                ? new Wait("waiting for good samples of the replacement after its warm-up")
                : rest(Outcome.INEFFECTIVE, "The replacement could not be proved healthy in time.");
    }

    private Transition proved(Long errorsMeanwhile) {
        String replacement = run.replacement().podName();
        return errorsMeanwhile != null && errorsMeanwhile > 0
                ? rest(
                        Outcome.INEFFECTIVE,
                        "%s serves in its place and is healthy, but proxies lost %d answers by their own fault meanwhile."
                                .formatted(replacement, errorsMeanwhile))
                : rest(
                        Outcome.RECOVERED,
                        "%s is gone; %s serves in its place and shows no sign of the cause in %d samples after its warm-up%s."
                                .formatted(
                                        run.podName(),
                                        replacement,
                                        settings.verifySamples(),
                                        errorsMeanwhile == null
                                                ? "; whether answers were lost meanwhile is not known"
                                                : ""));
    }

    private Transition rest(Outcome outcome, String message) {
        return new Advance(new State.Cooldown(now, now.plus(run.cooldown()), outcome), message, Effect.NONE);
    }
}

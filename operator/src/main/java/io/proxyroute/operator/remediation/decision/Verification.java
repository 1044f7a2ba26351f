package io.proxyroute.operator.remediation.decision;

import io.proxyroute.operator.remediation.decision.Fleet.Pod;
import io.proxyroute.operator.remediation.decision.Transition.Advance;
import io.proxyroute.operator.remediation.decision.Transition.Effect;
import io.proxyroute.operator.remediation.decision.Transition.Wait;
import io.proxyroute.operator.remediation.detection.Diagnosis;
import io.proxyroute.operator.remediation.detection.Finding;
import io.proxyroute.operator.remediation.detection.LeakSettings;
import io.proxyroute.operator.remediation.detection.Subject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Whether a replacement helped: the pod is gone, its replacement does not show the finding of the run, and proxies lost
 * no response because of errors of their own during the eviction. Findings of other signals are ignored.
 *
 * @param run run that has evicted its pod, or whose pod disappeared
 * @param input input of this tick
 */
record Verification(Run run, TickInput input) {

    Transition next(State.Verify verify) {
        LeakSettings leak = input.settings().detection().leak();
        Instant measured = verify.since().plus(leak.warmUp()).plus(leak.samplingInterval());
        boolean inTime =
                input.now().isBefore(measured.plus(input.settings().verify().timeout()));
        if (input.fleet().pod(run.podUid()).filter(Pod::isManaged).isPresent()) {
            return inTime
                    ? new Wait(run.podName() + " is still draining")
                    : coolDown(
                            Outcome.INEFFECTIVE,
                            "%s did not terminate in time; check its finalizers and terminationGracePeriodSeconds."
                                    .formatted(run.podName()));
        }
        if (run.actedAt() == null) {
            return coolDown(Outcome.GONE, "%s disappeared without an eviction.".formatted(run.podName()));
        }
        Optional<ProxyErrors> counted = run.errors()
                .counted(run.podUid(), input.fleet(), input.observation().processes());
        if (counted.isPresent()) {
            return new Transition.Record(run.withErrors(counted.get()));
        }
        return input.settings().detection().isMonitored(run.cause().subject())
                ? checkReplacement(run.cause().subject(), inTime)
                : coolDown(
                        Outcome.INEFFECTIVE,
                        "The threshold or leak detector that found the problem was removed, so the result is unknown.");
    }

    private Transition checkReplacement(Subject subject, boolean inTime) {
        Optional<Diagnosis> replacement = Optional.ofNullable(run.replacement())
                .map(pod -> input.observation().diagnoses().get(pod.podUid()));
        List<Finding> sameSignal = replacement.stream()
                .flatMap(d -> d.findingsFor(subject.signal()).stream())
                .filter(Guard::callsForReplacement)
                .toList();
        int clean = replacement.map(d -> d.cleanSamples(subject)).orElse(0);
        if (isFleetComplete() && clean >= input.settings().verify().samples() && sameSignal.isEmpty()) {
            return verified(run.errors().duringEviction());
        }
        Optional<Finding> again = sameSignal.stream().filter(Finding::confirmed).findFirst();
        if (again.isPresent()) {
            return coolDown(
                    Outcome.INEFFECTIVE,
                    "%s shows the same finding: %s."
                            .formatted(run.replacement().podName(), again.get().message()));
        }
        return inTime
                ? new Wait("the replacement has too few clean samples after its warm-up")
                : coolDown(
                        Outcome.INEFFECTIVE,
                        "The replacement had too few clean samples within spec.remediation.verify.timeout.");
    }

    private boolean isFleetComplete() {
        return input.fleet()
                        .servingWithout(run.podUid())
                        .filter(p -> input.observation().isCurrent(p.uid()))
                        .count()
                >= input.fleet().desired();
    }

    private Transition verified(Long errorsMeanwhile) {
        String replacement = run.replacement().podName();
        if (errorsMeanwhile != null && errorsMeanwhile > 0) {
            return coolDown(
                    Outcome.INEFFECTIVE,
                    "%s is healthy, but proxies lost %d responses due to proxy errors during the eviction."
                            .formatted(replacement, errorsMeanwhile));
        }
        return coolDown(
                Outcome.RECOVERED,
                "%s is gone; %s serves in its place and shows no sign of the cause in %d samples after its warm-up%s."
                        .formatted(
                                run.podName(),
                                replacement,
                                input.settings().verify().samples(),
                                errorsMeanwhile == null
                                        ? "; whether responses were lost during the eviction is unknown"
                                        : ""));
    }

    private Transition coolDown(Outcome outcome, String message) {
        return new Advance(
                new State.Cooldown(input.now(), input.now().plus(run.cooldown()), outcome), message, Effect.NONE);
    }
}

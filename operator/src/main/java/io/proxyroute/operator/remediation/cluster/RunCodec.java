package io.proxyroute.operator.remediation.cluster;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.proxyroute.api.v1alpha1.GatewayDuration;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.RemediationPhase;
import io.proxyroute.api.v1alpha1.RemediationRun;
import io.proxyroute.api.v1alpha1.RemediationRunSpec;
import io.proxyroute.api.v1alpha1.RemediationRunStatus;
import io.proxyroute.api.v1alpha1.RemediationRunStatus.PhaseTime;
import io.proxyroute.operator.compile.RouteNames;
import io.proxyroute.operator.remediation.decision.Cause;
import io.proxyroute.operator.remediation.decision.Outcome;
import io.proxyroute.operator.remediation.decision.ProxyErrors;
import io.proxyroute.operator.remediation.decision.Run;
import io.proxyroute.operator.remediation.decision.Run.Eviction;
import io.proxyroute.operator.remediation.decision.Run.Evidence;
import io.proxyroute.operator.remediation.decision.Run.Plan;
import io.proxyroute.operator.remediation.decision.Run.Progress;
import io.proxyroute.operator.remediation.decision.Run.Replacement;
import io.proxyroute.operator.remediation.decision.Run.Step;
import io.proxyroute.operator.remediation.decision.Run.Target;
import io.proxyroute.operator.remediation.decision.State;
import io.proxyroute.operator.remediation.detection.Signal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** Converts runs to RemediationRun objects and back. */
final class RunCodec {

    private static final int MAX_MESSAGE = 1024;
    private static final int MAX_SUMMARY = 8192;

    private RunCodec() {}

    /** The object of a run, without status. */
    static RemediationRun toObject(ProxyRoute route, Run run) {
        String routeUid = route.getMetadata().getUid();
        RemediationRun object = new RemediationRun();
        object.setMetadata(new ObjectMetaBuilder(RouteNames.metadata(route, RunNames.of(route, run.number())))
                .withResourceVersion(run.version())
                .build());
        Cause cause = run.cause();
        object.setSpec(new RemediationRunSpec(
                new RemediationRunSpec.RouteRef(route.getMetadata().getName(), routeUid, run.routeGeneration()),
                run.podName(),
                run.podUid(),
                run.processStartedAt(),
                new RemediationRunSpec.Cause(
                        RemediationRunSpec.Cause.Kind.valueOf(
                                camelCase(cause.kind().name())),
                        metric(cause.signal()),
                        cause.threshold(),
                        truncated(cause.message(), MAX_MESSAGE)),
                RemediationRunSpec.Action.valueOf(camelCase(run.action().name())),
                GatewayDuration.of(run.cooldown())));
        return object;
    }

    /** The status of a run. */
    static RemediationRunStatus toStatus(Run run) {
        State state = run.state();
        Evidence evidence = run.evidence();
        Replacement replacement = run.replacement();
        int attempts = run.progress().eviction().attempts();
        return new RemediationRunStatus(
                state.phase(),
                run.progress().timeline().stream()
                        .map(step -> new PhaseTime(step.phase(), step.at()))
                        .toList(),
                outcome(state),
                truncated(run.message(), MAX_MESSAGE),
                evidence == null ? null : truncated(evidence.summary(), MAX_SUMMARY),
                evidence == null ? null : evidence.report(),
                replacement == null
                        ? null
                        : new RemediationRunStatus.Replacement(replacement.podName(), replacement.podUid()),
                attempts == 0 ? null : attempts,
                switch (state) {
                    case State.Act act -> act.deadline();
                    case State.Cooldown cooldown -> cooldown.until();
                    default -> null;
                },
                run.actedAt(),
                errors(run.errors()));
    }

    private static RemediationRunStatus.ProxyErrors errors(ProxyErrors errors) {
        return errors.beforeEviction() == null
                ? null
                : new RemediationRunStatus.ProxyErrors(
                        errors.beforeEviction().stream()
                                .map(count -> new RemediationRunStatus.ProxyErrors.Count(
                                        count.podUid(), count.startedAt(), count.errors()))
                                .toList(),
                        errors.duringEviction());
    }

    private static ProxyErrors errors(RemediationRunStatus.ProxyErrors errors) {
        return errors == null
                ? ProxyErrors.UNKNOWN
                : new ProxyErrors(
                        errors.beforeEviction().stream()
                                .map(count ->
                                        new ProxyErrors.Count(count.podUid(), count.processStartedAt(), count.errors()))
                                .toList(),
                        errors.duringEviction());
    }

    /** The run of an object. */
    static Run fromObject(RemediationRun object) {
        RemediationRunSpec spec = object.getSpec();
        Instant created = Instant.parse(object.getMetadata().getCreationTimestamp());
        Cause cause = new Cause(
                Cause.Kind.valueOf(spec.cause().kind().name().toUpperCase(Locale.ROOT)),
                signal(spec.cause().metric()),
                spec.cause().threshold(),
                spec.cause().message());
        return new Run(
                RunNames.number(object),
                new Plan(
                        spec.routeRef().generation(),
                        new Target(spec.podUid(), spec.podName(), spec.processStartedAt()),
                        created,
                        cause,
                        Run.Action.valueOf(spec.action().name().toUpperCase(Locale.ROOT)),
                        spec.cooldown().toJava()),
                // Without a status, the operator ended after it created the object and before it wrote the status.
                object.getStatus() == null || object.getStatus().phase() == null
                        ? Progress.started(created, cause.message() + ".")
                        : progress(object.getStatus()),
                object.getMetadata().getResourceVersion());
    }

    private static Progress progress(RemediationRunStatus status) {
        List<Step> timeline = status.phaseTimes().stream()
                .map(time -> new Step(time.phase(), time.at()))
                .toList();
        boolean deepTried = isDeep(timeline);
        return new Progress(
                state(status, timeline),
                status.message(),
                status.summary() == null ? null : new Evidence(status.summary(), status.reportRef()),
                deepTried,
                status.replacement() == null
                        ? null
                        : new Replacement(
                                status.replacement().podUid(),
                                status.replacement().podName()),
                new Eviction(
                        status.evictionAttempts() == null ? 0 : status.evictionAttempts(),
                        status.actedAt(),
                        errors(status.proxyErrors())),
                timeline);
    }

    private static State state(RemediationRunStatus status, List<Step> timeline) {
        Instant since = timeline.getLast().at();
        return switch (status.phase()) {
            case Confirm -> new State.Confirm(since);
            case Capture -> new State.Capture(since, isDeep(timeline));
            case Prepare -> new State.Prepare(since);
            case Act -> new State.Act(status.actedAt(), status.evictionAttempts(), status.deadline());
            case Verify -> new State.Verify(since);
            case Cooldown -> new State.Cooldown(since, status.deadline(), outcome(status.outcome()));
            case Paused -> new State.Paused(since, resume(timeline));
            case Escalated -> new State.Escalated(since);
            case Done -> new State.Done(since, outcome(status.outcome()));
            case Disabled, Observe, Suspect, Detected ->
                throw new IllegalArgumentException("A run cannot be in phase " + status.phase() + ".");
        };
    }

    /** A capture after the pod was detached is deep. */
    private static boolean isDeep(List<Step> timeline) {
        boolean detached = false;
        for (Step step : timeline) {
            if (detached && step.phase() == RemediationPhase.Capture) {
                return true;
            }
            detached |= step.phase() == RemediationPhase.Prepare;
        }
        return false;
    }

    private static RemediationPhase resume(List<Step> timeline) {
        boolean detached = timeline.stream().anyMatch(step -> step.phase() == RemediationPhase.Prepare);
        if (detached) {
            return RemediationPhase.Prepare;
        }
        boolean captured = timeline.stream().anyMatch(step -> step.phase() == RemediationPhase.Capture);
        return captured ? RemediationPhase.Capture : RemediationPhase.Confirm;
    }

    private static RemediationRunStatus.Outcome outcome(State state) {
        return switch (state) {
            case State.Cooldown cooldown -> api(cooldown.outcome());
            case State.Done done -> api(done.outcome());
            case State.Escalated _ -> RemediationRunStatus.Outcome.Escalated;
            default -> null;
        };
    }

    private static RemediationRunStatus.Outcome api(Outcome outcome) {
        return RemediationRunStatus.Outcome.valueOf(camelCase(outcome.name()));
    }

    private static Outcome outcome(RemediationRunStatus.Outcome outcome) {
        return Outcome.valueOf(outcome.name().toUpperCase(Locale.ROOT));
    }

    /** The name of a signal in the API: LIVE_SET is LiveSet. */
    static String metric(Signal signal) {
        StringBuilder name = new StringBuilder();
        for (String part : signal.name().split("_")) {
            name.append(camelCase(part));
        }
        return name.toString();
    }

    private static Signal signal(String metric) {
        return Signal.valueOf(metric.replaceAll("([a-z])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT));
    }

    private static String camelCase(String constant) {
        return constant.charAt(0) + constant.substring(1).toLowerCase(Locale.ROOT);
    }

    private static String truncated(String text, int longest) {
        return text == null || text.length() <= longest ? text : text.substring(0, longest - 1) + "…";
    }
}

package io.proxyroute.operator.remediation.decision;

import java.util.Optional;

/**
 * Decides whether to start a run for a route without an open one, and for which finding. A pure function.
 *
 * @param input input of this tick
 */
record RunAdmission(TickInput input) {

    /**
     * The decision.
     *
     * @param run run to create; empty if there is none
     * @param message why a finding starts no run; empty if there is no finding
     */
    record Decision(Optional<Run> run, String message) {}

    Decision decide() {
        String message = "";
        for (Candidate candidate : Candidate.among(input)) {
            Run.Action action = action(candidate);
            if (action == Run.Action.REPLACE) {
                Optional<String> obstacle =
                        Guard.blockedNow(input).or(this::escalated).or(() -> Guard.rateExceeded(input, null));
                if (obstacle.isPresent()) {
                    message = "%s. No action is taken: %s".formatted(describe(candidate), obstacle.get());
                    continue;
                }
            } else if (isReported(candidate, action)) {
                message = message.isEmpty() ? describe(candidate) : message;
                continue;
            }
            return new Decision(Optional.of(newRun(candidate, action)), "");
        }
        return new Decision(Optional.empty(), message);
    }

    private static String describe(Candidate candidate) {
        return candidate.pod().name() + ": " + candidate.cause().message();
    }

    private Run.Action action(Candidate candidate) {
        Run.Action allowed =
                switch (input.fleet().mode()) {
                    case DISABLED, OBSERVE -> Run.Action.OBSERVE;
                    case RECOMMEND -> Run.Action.RECOMMEND;
                    case AUTO -> Run.Action.REPLACE;
                };
        Run.Action action = candidate.maxAction().compareTo(allowed) < 0 ? candidate.maxAction() : allowed;
        boolean fleetWide =
                Guard.fleetWide(candidate.cause(), candidate.pod().uid(), input).isPresent();
        return fleetWide && action == Run.Action.REPLACE ? Run.Action.OBSERVE : action;
    }

    private Optional<String> escalated() {
        return input.runs().stream()
                .filter(r -> r.state() instanceof State.Escalated
                        && r.routeGeneration() == input.fleet().generation())
                .findFirst()
                .map(r -> "run %d is escalated: change the route, or delete that run".formatted(r.number()));
    }

    /** Whether an earlier run has already taken this action, or a stronger one, for the same cause in this pod. */
    private boolean isReported(Candidate candidate, Run.Action action) {
        return input.runs().stream()
                .anyMatch(r -> r.podUid().equals(candidate.pod().uid())
                        && r.cause().sameAs(candidate.cause())
                        && r.action().compareTo(action) >= 0
                        && r.startedAt()
                                .plus(input.settings().guard().maxCooldown())
                                .isAfter(input.now()));
    }

    private Run newRun(Candidate candidate, Run.Action action) {
        ProcessStatus process =
                input.observation().processes().get(candidate.pod().uid());
        Run.Plan plan = new Run.Plan(
                input.fleet().generation(),
                new Run.Target(
                        candidate.pod().uid(), candidate.pod().name(), process == null ? null : process.startedAt()),
                input.now(),
                candidate.cause(),
                action,
                input.settings().guard().cooldown());
        Run run = new Run(
                input.newest().map(Run::number).orElse(0) + 1,
                plan,
                Run.Progress.started(input.now(), candidate.cause().message() + "."),
                null);
        return run.withCooldown(Recurrence.cooldown(run, input.runs(), input.settings()));
    }
}

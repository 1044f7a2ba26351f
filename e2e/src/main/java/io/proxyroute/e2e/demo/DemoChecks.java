package io.proxyroute.e2e.demo;

import io.proxyroute.e2e.workload.LoadChecks;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Decides whether the demo passed, from outside observations alone. */
final class DemoChecks {

    private DemoChecks() {}

    /** One sentence per failed check; empty if the demo passed. */
    static List<String> failures(DemoResult result) {
        List<String> failures = new ArrayList<>();
        result.loads().values().forEach(load -> failures.addAll(LoadChecks.failures(load)));
        Optional<ClusterSnapshot.RunState> run = result.atEnd().run();
        if (run.isEmpty()) {
            failures.add("The operator did not detect the leak.");
        } else if (!"Recovered".equals(run.get().outcome())) {
            failures.add("The outcome of the run is " + run.get().outcome() + ": "
                    + run.get().message());
        }
        run.ifPresent(each -> checkFinding(result, each, failures));
        checkPods(result, run.map(ClusterSnapshot.RunState::podUid).orElse(null), failures);
        return failures;
    }

    private static void checkFinding(DemoResult result, ClusterSnapshot.RunState run, List<String> failures) {
        if (result.indexedPod().isEmpty()) {
            failures.add("No pod counted a search, so it is unknown whether " + run.pod() + " was the leaking one.");
        } else if (!result.indexedPod().get().uid().equals(run.podUid())) {
            failures.add("The searches reached " + result.indexedPod().get().name() + ", but the run replaced "
                    + run.pod() + ".");
        }
        if (!FilterEvidence.names(run.evidence(), DemoScenario.LEAKING_FILTER)) {
            failures.add("The evidence does not name the filter " + DemoScenario.LEAKING_FILTER + ".");
        }
    }

    private static void checkPods(DemoResult result, String replacedUid, List<String> failures) {
        for (ClusterSnapshot.PodState pod : result.atEnd().pods()) {
            if (pod.restarts() > 0) {
                failures.add("The container of " + pod.name() + " restarted " + pod.restarts() + " times.");
            }
            if (pod.uid().equals(replacedUid)) {
                failures.add("The leaking pod " + pod.name() + " still exists.");
            }
        }
        for (ClusterSnapshot.PodState pod : result.atStart().pods()) {
            boolean exists =
                    result.atEnd().pods().stream().anyMatch(each -> each.uid().equals(pod.uid()));
            if (!exists && !pod.uid().equals(replacedUid)) {
                failures.add("The healthy pod " + pod.name() + " is gone.");
            }
        }
    }
}

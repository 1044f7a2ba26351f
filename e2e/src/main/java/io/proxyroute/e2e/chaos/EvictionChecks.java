package io.proxyroute.e2e.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Checks that each evicted pod belongs to a remediation run, and was evicted once. */
final class EvictionChecks {

    /**
     * The part of a remediation run that matters here.
     *
     * @param name name of the run
     * @param pod pod that the run replaces; pod names are as unique as UIDs, since a Deployment never reuses them
     * @param acted whether the run reports the eviction
     */
    record RunRecord(String name, String pod, boolean acted) {}

    private EvictionChecks() {}

    /**
     * Compares the audit log with the runs.
     *
     * @param evicted the pod name of each eviction that the API server granted
     * @return one sentence per failed check; empty if all passed
     */
    static List<String> failures(List<String> evicted, List<RunRecord> runs) {
        List<String> failures = new ArrayList<>();
        Map<String, Long> evictionsPerPod = evicted.stream()
                .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
        evictionsPerPod.forEach((pod, count) -> {
            List<RunRecord> runsOfPod =
                    runs.stream().filter(run -> run.pod().equals(pod)).toList();
            if (count > 1) {
                failures.add(pod + " was evicted " + count + " times.");
            }
            if (runsOfPod.isEmpty()) {
                failures.add(pod + " was evicted without a run.");
            } else if (runsOfPod.stream().noneMatch(RunRecord::acted)) {
                failures.add(pod + " was evicted, but " + runsOfPod.getFirst().name() + " does not report it.");
            }
        });
        long acted = runs.stream().filter(RunRecord::acted).count();
        if (evicted.size() > acted) {
            failures.add("There were " + evicted.size() + " evictions, but only " + acted + " runs acted.");
        }
        return failures;
    }
}

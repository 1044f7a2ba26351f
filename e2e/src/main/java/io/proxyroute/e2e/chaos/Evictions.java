package io.proxyroute.e2e.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Whether the pods that were evicted are those that the runs were about, each once. */
final class Evictions {

    /**
     * What a run says of itself.
     *
     * @param name of the run
     * @param pod that it is about; a Deployment never uses a pod's name again, so a name stands for a UID
     * @param acted whether it says that it evicted the pod
     */
    record RunFacts(String name, String pod, boolean acted) {}

    private Evictions() {}

    /**
     * What is wrong, in sentences; empty when all is well.
     *
     * @param evicted the pod's name for each eviction that the API server granted
     */
    static List<String> complaints(List<String> evicted, List<RunFacts> runs) {
        List<String> complaints = new ArrayList<>();
        Map<String, Long> times = evicted.stream()
                .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
        times.forEach((pod, count) -> {
            List<RunFacts> about =
                    runs.stream().filter(run -> run.pod().equals(pod)).toList();
            if (count > 1) {
                complaints.add(pod + " was evicted " + count + " times.");
            }
            if (about.isEmpty()) {
                complaints.add(pod + " was evicted, and no run is about it.");
            } else if (about.stream().noneMatch(RunFacts::acted)) {
                complaints.add(pod + " was evicted, and " + about.getFirst().name() + " does not say so.");
            }
        });
        long acted = runs.stream().filter(RunFacts::acted).count();
        if (evicted.size() > acted) {
            complaints.add("There were " + evicted.size() + " evictions, and " + acted + " runs that acted.");
        }
        return complaints;
    }
}

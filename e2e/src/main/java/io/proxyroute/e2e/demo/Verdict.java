package io.proxyroute.e2e.demo;

import io.proxyroute.e2e.workload.LoadVerdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether a story ended as it should, judged by what was seen from outside. */
final class Verdict {

    private Verdict() {}

    /** What went wrong, in sentences; empty when all is well. */
    static List<String> complaints(Story.Ending ending) {
        List<String> complaints = new ArrayList<>();
        ending.loads().values().forEach(load -> complaints.addAll(LoadVerdict.complaints(load)));
        Optional<Scene.RunView> run = ending.atEnd().run();
        if (run.isEmpty()) {
            complaints.add("The leak was not found.");
        } else if (!"Recovered".equals(run.get().outcome())) {
            complaints.add(
                    "The run ended as " + run.get().outcome() + ": " + run.get().message());
        }
        run.ifPresent(each -> complainAboutFinding(ending, each, complaints));
        complainAboutPods(ending, run.map(Scene.RunView::podUid).orElse(null), complaints);
        return complaints;
    }

    private static void complainAboutFinding(Story.Ending ending, Scene.RunView run, List<String> complaints) {
        if (ending.fed().isEmpty()) {
            complaints.add("It was not seen which pod the searches reached, so nobody can say whether " + run.pod()
                    + " was the right one.");
        } else if (!ending.fed().get().uid().equals(run.podUid())) {
            complaints.add("The searches reached " + ending.fed().get().name() + ", but " + run.pod()
                    + " was taken for the one that leaks.");
        }
        if (!Evidence.names(run.verdict(), Story.LEAKING_FILTER)) {
            complaints.add("The evidence does not name the filter " + Story.LEAKING_FILTER + ".");
        }
    }

    private static void complainAboutPods(Story.Ending ending, String victim, List<String> complaints) {
        for (Scene.PodView pod : ending.atEnd().pods()) {
            if (pod.restarts() > 0) {
                complaints.add(pod.name() + " was restarted in place " + pod.restarts() + " times.");
            }
            if (pod.uid().equals(victim)) {
                complaints.add(pod.name() + " leaks and is still there.");
            }
        }
        for (Scene.PodView pod : ending.atStart().pods()) {
            boolean there =
                    ending.atEnd().pods().stream().anyMatch(each -> each.uid().equals(pod.uid()));
            if (!there && !pod.uid().equals(victim)) {
                complaints.add(pod.name() + " was healthy and is gone.");
            }
        }
    }
}

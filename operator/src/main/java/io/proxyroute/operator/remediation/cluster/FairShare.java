package io.proxyroute.operator.remediation.cluster;

import java.util.Collection;

/**
 * Divides a number of actions among namespaces, and the part of a namespace among its routes: each takes at most two thirds, rounded
 * up, of what the others have left. So no namespace can use up everything, a single busy route gets a large part, and all actions
 * can be used. Pure.
 */
final class FairShare {

    private FairShare() {}

    /**
     * Whether a run may take an action.
     *
     * @param run namespace, route and number of the run, separated by slashes
     * @param taken runs that have taken one, without this run
     */
    static boolean allows(String run, Collection<String> taken, int max) {
        long inNamespace = count(taken, namespace(run));
        long inRoute = count(taken, route(run));
        long forNamespace = share(max - (taken.size() - inNamespace));
        long forRoute = share(forNamespace - (inNamespace - inRoute));
        return taken.size() < max && inNamespace < forNamespace && inRoute < forRoute;
    }

    private static long count(Collection<String> taken, String prefix) {
        return taken.stream().filter(other -> other.startsWith(prefix)).count();
    }

    private static long share(long available) {
        return available <= 0 ? 0 : Math.ceilDiv(available * 2, 3);
    }

    private static String namespace(String run) {
        return run.substring(0, run.indexOf('/') + 1);
    }

    private static String route(String run) {
        return run.substring(0, run.lastIndexOf('/') + 1);
    }
}

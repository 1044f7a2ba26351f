package io.proxyroute.operator.remediation.cluster;

import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.RemediationRun;
import java.util.regex.Pattern;

/**
 * Names of RemediationRuns: {@code <route>-<first 8 characters of the route's UID>-<n>}. Names are unique, so
 * creating the run with the next number is the lock of its route. The UID distinguishes a route from a
 * deleted one of the same name. A route's name has at most 57 characters, so a run's name has at most 77, far below the
 * 253 that Kubernetes allows.
 */
public final class RunNames {

    private static final int UID_CHARACTERS = 8;
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,8}");

    private RunNames() {}

    /** Name of a run of this route. */
    public static String of(ProxyRoute route, int number) {
        return prefix(route) + number;
    }

    /** The number in a run's name. */
    static int number(RemediationRun run) {
        String name = run.getMetadata().getName();
        return Integer.parseInt(name.substring(name.lastIndexOf('-') + 1));
    }

    /** Whether the operator gave this name to a run of the route. */
    public static boolean isOf(ProxyRoute route, String run) {
        String prefix = prefix(route);
        return run.startsWith(prefix)
                && NUMBER.matcher(run.substring(prefix.length())).matches();
    }

    private static String prefix(ProxyRoute route) {
        String uid = route.getMetadata().getUid();
        return "%s-%s-"
                .formatted(route.getMetadata().getName(), uid.substring(0, Math.min(UID_CHARACTERS, uid.length())));
    }
}

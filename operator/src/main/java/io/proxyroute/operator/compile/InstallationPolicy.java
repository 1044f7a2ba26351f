package io.proxyroute.operator.compile;

import java.time.Duration;
import java.util.List;

/**
 * What this installation allows routes to ask for. Each list contains names, or beginnings of names that end with {@code *}.
 *
 * @param images images of proxies besides the default one
 * @param priorityClasses priority classes of the pods
 * @param podAnnotations keys of annotations of the pods
 * @param serviceAnnotations keys of annotations of the Service
 * @param deniedBackends ranges of addresses, in CIDR notation, that backends given by a host must not have
 * @param minInterval shortest interval of polling, scaling, tuning and measuring
 * @param maxInterval longest interval of polling, so that a failure is noticed
 * @param maxCapture longest time for the collection of evidence
 */
public record InstallationPolicy(
        List<String> images,
        List<String> priorityClasses,
        List<String> podAnnotations,
        List<String> serviceAnnotations,
        List<String> deniedBackends,
        Duration minInterval,
        Duration maxInterval,
        Duration maxCapture) {

    private static final List<String> ALL = List.of("*");

    /** This host, loopback, link-local, metadata services of clouds, and multicast. */
    public static final List<String> LOCAL_ADDRESSES = List.of(
            "0.0.0.0/8",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "100.100.100.200/32",
            "224.0.0.0/4",
            "::/127",
            "fe80::/10",
            "fd00:ec2::254/128",
            "ff00::/8");

    /** Allows everything but local addresses of backends, and intervals that would only burden the operator. */
    public static final InstallationPolicy DEFAULT = new InstallationPolicy(
            ALL, ALL, ALL, ALL, LOCAL_ADDRESSES, Duration.ofSeconds(1), Duration.ofMinutes(10), Duration.ofMinutes(1));

    public InstallationPolicy {
        images = List.copyOf(images);
        priorityClasses = List.copyOf(priorityClasses);
        podAnnotations = List.copyOf(podAnnotations);
        serviceAnnotations = List.copyOf(serviceAnnotations);
        deniedBackends = List.copyOf(deniedBackends);
    }

    static boolean allows(List<String> allowed, String name) {
        return allowed.stream()
                .anyMatch(entry -> entry.endsWith("*")
                        ? name.startsWith(entry.substring(0, entry.length() - 1))
                        : name.equals(entry));
    }
}

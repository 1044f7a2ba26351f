package io.proxyroute.operator.route;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** The routes that depend on each Service, keyed by {@code namespace/name}. Thread-safe; each route has one writer. */
final class ServiceUsers {

    private final Map<String, Set<ResourceID>> users = new ConcurrentHashMap<>();
    private final Map<ResourceID, Set<String>> used = new ConcurrentHashMap<>();

    /** Sets which Services a route depends on. */
    void set(ResourceID route, Set<String> services) {
        Set<String> before = services.isEmpty() ? used.remove(route) : used.put(route, Set.copyOf(services));
        if (services.equals(before)) {
            return;
        }
        // Changed within compute, since another route may remove the last entry and drop the set at the same time.
        services.forEach(service -> users.compute(service, (_, known) -> with(known, route)));
        Objects.requireNonNullElse(before, Set.<String>of()).stream()
                .filter(service -> !services.contains(service))
                .forEach(service -> users.computeIfPresent(service, (_, known) -> without(known, route)));
    }

    /** The routes that depend on a Service. */
    Set<ResourceID> of(String service) {
        return Set.copyOf(users.getOrDefault(service, Set.of()));
    }

    /** The routes that depend on any Service of a namespace. */
    Set<ResourceID> ofNamespace(String namespace) {
        return users.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(namespace + "/"))
                .flatMap(entry -> entry.getValue().stream())
                .collect(Collectors.toSet());
    }

    private static Set<ResourceID> with(Set<ResourceID> known, ResourceID route) {
        Set<ResourceID> routes = known == null ? ConcurrentHashMap.newKeySet() : known;
        routes.add(route);
        return routes;
    }

    private static Set<ResourceID> without(Set<ResourceID> known, ResourceID route) {
        known.remove(route);
        return known.isEmpty() ? null : known;
    }
}

package io.proxyroute.operator.compile;

import io.fabric8.kubernetes.api.model.Service;
import io.proxyroute.api.v1alpha1.BackendRefSpec;
import io.proxyroute.contract.config.Backend;
import io.proxyroute.operator.status.Problem;
import io.proxyroute.operator.status.Reason;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Resolves the backends of the rules of one route and collects the references that cannot be resolved. Used once, by
 * one thread.
 */
final class BackendResolver {

    private final String routeNamespace;
    private final BackendServices services;
    private final List<Problem> problems;
    private final Map<String, Backend> found = new LinkedHashMap<>();

    BackendResolver(String routeNamespace, BackendServices services, List<Problem> problems) {
        this.routeNamespace = routeNamespace;
        this.services = services;
        this.problems = problems;
    }

    /** Returns the ID of the referenced backend, which is one of {@link #backends()}; null if a problem was added. */
    String resolve(BackendRefSpec ref, String path) {
        if (ref.host() != null) {
            String id = ref.host() + ":" + ref.port();
            found.putIfAbsent(id, new Backend(id, ref.host(), ref.port(), false));
            return id;
        }
        String namespace = ref.namespace() != null ? ref.namespace() : routeNamespace;
        String id = "%s/%s:%d".formatted(namespace, ref.name(), ref.port());
        Optional<Problem> problem = problem(ref, namespace);
        if (problem.isPresent()) {
            problems.add(new Problem(problem.get().reason(), path, problem.get().message()));
            return null;
        }
        found.putIfAbsent(id, new Backend(id, ref.name() + "." + namespace + ".svc", ref.port(), true));
        return id;
    }

    /** The resolved backends without duplicates, in the order of the rules. */
    List<Backend> backends() {
        return List.copyOf(found.values());
    }

    private Optional<Problem> problem(BackendRefSpec ref, String namespace) {
        BackendServices.Grant grant = namespace.equals(routeNamespace)
                ? BackendServices.Grant.GRANTED
                : services.grant(routeNamespace, namespace, ref.name());
        if (grant == BackendServices.Grant.UNKNOWN) {
            throw new IllegalStateException("the ReferenceGrants of namespace " + namespace + " are not known yet");
        }
        if (grant != BackendServices.Grant.GRANTED) {
            return problem(
                    Reason.RefNotPermitted,
                    "Service %s/%s may not be used from namespace %s: %s"
                            .formatted(
                                    namespace,
                                    ref.name(),
                                    routeNamespace,
                                    grant == BackendServices.Grant.MISSING
                                            ? "create a ReferenceGrant in namespace %s that allows ProxyRoutes of namespace %s."
                                                    .formatted(namespace, routeNamespace)
                                            : ("this operator has no access to namespace %s; refer to a Service in namespace %s, or to a"
                                                            + " host.")
                                                    .formatted(namespace, routeNamespace)));
        }
        Optional<Service> service = services.service(namespace, ref.name());
        if (service.isEmpty()) {
            return problem(
                    Reason.BackendNotFound,
                    "Service %s/%s does not exist: create it, or refer to another one."
                            .formatted(namespace, ref.name()));
        }
        if ("ExternalName".equals(service.get().getSpec().getType())) {
            return problem(
                    Reason.UnsupportedBackend,
                    "Service %s/%s has type ExternalName, which is not supported: set backendRefs[].host instead."
                            .formatted(namespace, ref.name()));
        }
        List<Integer> ports = service.get().getSpec().getPorts().stream()
                .filter(port -> port.getProtocol() == null || port.getProtocol().equals("TCP"))
                .map(port -> port.getPort())
                .toList();
        if (!ports.contains(ref.port())) {
            return problem(
                    Reason.BackendNotFound,
                    "Service %s/%s has no TCP port %d: use one of its ports %s."
                            .formatted(namespace, ref.name(), ref.port(), ports));
        }
        return Optional.empty();
    }

    private static Optional<Problem> problem(Reason reason, String message) {
        return Optional.of(new Problem(reason, "", message));
    }
}

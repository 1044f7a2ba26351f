package io.proxyroute.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.proxyroute.e2e.cluster.AuditLog;
import io.proxyroute.e2e.cluster.Cluster;
import io.proxyroute.e2e.cluster.Installation;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Compares the permissions of the operator with those that it used, according to the audit log. Runs after all other test
 * classes, because on its own it would find most permissions unused.
 */
@ClusterTest
@Isolated
class RbacIT {

    @Test
    void grantedPermissionsMatchUsedPermissions(Cluster cluster, Instant start) {
        assumeThat(cluster.auditLog()).as("readable audit log").isPresent();
        List<AuditLog.Entry> requests = cluster.auditLog().orElseThrow().entriesOf(AuditLog.OPERATOR, start);
        assumeThat(requests)
                .as("requests of the other tests")
                .extracting(AuditLog.Entry::resource)
                .contains("pods/eviction");

        Set<String> used = requests.stream()
                .map(request -> permission(request.group(), request.resource(), request.verb()))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> granted = granted(cluster.client());
        Set<String> missing = new TreeSet<>(used);
        missing.removeAll(granted);
        assertThat(missing).as("used but not granted").isSubsetOf(GRANTED_TO_ALL);
        granted.removeAll(used);
        assertThat(granted).as("granted but never used").isSubsetOf(EXPECTED_UNUSED);
    }

    /** Every account may query its own permissions. */
    private static final Set<String> GRANTED_TO_ALL =
            Set.of(permission("authorization.k8s.io", "selfsubjectrulesreviews", "create"));

    /**
     * Permissions that no test uses, or that the audit log does not show.
     *
     * <ul>
     *   <li>Finalizers: required only by the admission plugin OwnerReferencesPermissionEnforcement.
     *   <li>Deletion of runs: runs are kept for at least a day.
     *   <li>Creation of applied objects: server-side apply requires it in addition to patch if the object does not exist.
     * </ul>
     */
    private static final Set<String> EXPECTED_UNUSED = Set.of(
            permission("proxyroute.io", "proxyroutes/finalizers", "update"),
            permission("proxyroute.io", "remediationruns", "delete"),
            permission("", "services", "create"),
            permission("", "serviceaccounts", "create"),
            permission("apps", "deployments", "create"),
            permission("policy", "poddisruptionbudgets", "create"),
            permission("networking.k8s.io", "networkpolicies", "create"));

    private static String permission(String group, String resource, String verb) {
        return verb + " " + resource + (group.isEmpty() ? "" : "." + group);
    }

    private static Set<String> granted(KubernetesClient client) {
        Stream<PolicyRule> clusterRules = client.rbac().clusterRoles().list().getItems().stream()
                .filter(role -> role.getMetadata().getName().startsWith(Installation.OPERATOR))
                .flatMap(role -> role.getRules().stream());
        Stream<PolicyRule> namespaceRules =
                client.rbac().roles().inNamespace(Installation.NAMESPACE).list().getItems().stream()
                        .flatMap(role -> role.getRules().stream());
        return Stream.concat(clusterRules, namespaceRules)
                .flatMap(rule -> rule.getApiGroups().stream().flatMap(group -> rule.getResources().stream()
                        .flatMap(resource -> rule.getVerbs().stream().map(verb -> permission(group, resource, verb)))))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}

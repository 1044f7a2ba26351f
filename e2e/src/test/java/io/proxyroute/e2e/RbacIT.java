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
 * The operator is granted the verbs that it uses, and no others. Runs after all other classes, whose work is what the
 * audit log tells of; by itself it would find most verbs unused.
 */
@ClusterTest
@Isolated
class RbacIT {

    @Test
    void theVerbsGrantedAreTheVerbsUsed(Cluster cluster, Instant start) {
        assumeThat(cluster.auditLog()).as("the audit log can be read").isPresent();
        List<AuditLog.Entry> requests = cluster.auditLog().orElseThrow().of(AuditLog.OPERATOR, start);
        assumeThat(requests)
                .as("the other tests ran before")
                .extracting(AuditLog.Entry::resource)
                .contains("pods/eviction");

        Set<String> used = requests.stream()
                .map(request -> right(request.group(), request.resource(), request.verb()))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> granted = granted(cluster.client());
        Set<String> missing = new TreeSet<>(used);
        missing.removeAll(granted);
        assertThat(missing).as("used and not granted").isSubsetOf(OF_EVERYBODY);
        granted.removeAll(used);
        assertThat(granted).as("granted and never used").isSubsetOf(NEEDED_IN_TROUBLE);
    }

    /** Every account may ask what it may do. */
    private static final Set<String> OF_EVERYBODY =
            Set.of(right("authorization.k8s.io", "selfsubjectrulesreviews", "create"));

    /**
     * Rights that no test comes to need, or that the log does not show, each with its reason.
     *
     * <ul>
     *   <li>Finalizers: only clusters that enforce OwnerReferencesPermissionEnforcement ask for it.
     *   <li>Deletion of runs: they live for a day at least.
     *   <li>Creation of what is applied: the API server asks for it beside the patch when the object is not there yet.
     * </ul>
     */
    private static final Set<String> NEEDED_IN_TROUBLE = Set.of(
            right("proxyroute.io", "proxyroutes/finalizers", "update"),
            right("proxyroute.io", "remediationruns", "delete"),
            right("", "services", "create"),
            right("", "serviceaccounts", "create"),
            right("apps", "deployments", "create"),
            right("policy", "poddisruptionbudgets", "create"),
            right("networking.k8s.io", "networkpolicies", "create"));

    private static String right(String group, String resource, String verb) {
        return verb + " " + resource + (group.isEmpty() ? "" : "." + group);
    }

    private static Set<String> granted(KubernetesClient client) {
        Stream<PolicyRule> everywhere = client.rbac().clusterRoles().list().getItems().stream()
                .filter(role -> role.getMetadata().getName().startsWith(Installation.OPERATOR))
                .flatMap(role -> role.getRules().stream());
        Stream<PolicyRule> own = client.rbac().roles().inNamespace(Installation.NAMESPACE).list().getItems().stream()
                .flatMap(role -> role.getRules().stream());
        return Stream.concat(everywhere, own)
                .flatMap(rule -> rule.getApiGroups().stream().flatMap(group -> rule.getResources().stream()
                        .flatMap(resource -> rule.getVerbs().stream().map(verb -> right(group, resource, verb)))))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}

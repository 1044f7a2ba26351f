package io.proxyroute.operator.remediation.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.proxyroute.contract.Json;
import io.proxyroute.operator.remediation.decision.Ports.ActionBudget;
import io.proxyroute.operator.remediation.decision.Ports.Conflict;
import io.proxyroute.operator.remediation.decision.Ports.Unavailable;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts the actions of all routes in the last hour, in an annotation of a Lease in the operator's namespace. It is
 * written with the resource version that was read, so two operators cannot both take the last action. A {@link FairShare} is left
 * for other namespaces and routes. Thread-safe.
 */
public final class LeaseBudget implements ActionBudget {

    private static final String NAME = "proxyroute-remediation-budget";
    private static final String ACTIONS = "proxyroute.io/actions";
    private static final TypeReference<TreeMap<String, Instant>> RECORDED = new TypeReference<>() {};

    private final ApiCalls api;
    private final String namespace;

    public LeaseBudget(ApiCalls api, String namespace) {
        this.api = api;
        this.namespace = namespace;
    }

    @Override
    public boolean take(String run, Instant now, int max, Duration window) {
        return api.call("take from the action budget", client -> {
            Lease lease = client.leases().inNamespace(namespace).withName(NAME).get();
            Map<String, Instant> recorded = recorded(lease);
            recorded.values().removeIf(at -> !at.isAfter(now.minus(window)));
            recorded.remove(run);
            if (!FairShare.allows(run, recorded.keySet(), max)) {
                return false;
            }
            recorded.put(run, now);
            LeaseBuilder next = lease == null ? new LeaseBuilder() : new LeaseBuilder(lease);
            Lease written = next.editOrNewMetadata()
                    .withNamespace(namespace)
                    .withName(NAME)
                    .addToAnnotations(ACTIONS, text(recorded))
                    .endMetadata()
                    .build();
            if (lease == null) {
                client.leases().inNamespace(namespace).resource(written).create();
            } else {
                client.leases().inNamespace(namespace).resource(written).update();
            }
            return true;
        });
    }

    private Map<String, Instant> recorded(Lease lease) {
        String text = lease == null || lease.getMetadata().getAnnotations() == null
                ? null
                : lease.getMetadata().getAnnotations().get(ACTIONS);
        if (text == null) {
            return new TreeMap<>();
        }
        try {
            return Json.MAPPER.readValue(text, RECORDED);
        } catch (JsonProcessingException e) {
            throw new Unavailable(
                    "Annotation %s of Lease %s/%s cannot be parsed. Delete the annotation."
                            .formatted(ACTIONS, namespace, NAME),
                    e);
        }
    }

    private static String text(Map<String, Instant> recorded) {
        try {
            return Json.MAPPER.writeValueAsString(recorded);
        } catch (JsonProcessingException e) {
            throw new Conflict("Cannot serialize the action budget: " + e.getMessage());
        }
    }
}

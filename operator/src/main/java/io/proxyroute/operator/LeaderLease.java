package io.proxyroute.operator;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lease of the leader. The framework acquires and renews it but never releases it; this class does, so that a successor
 * need not wait until it expires.
 */
final class LeaderLease {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderLease.class);
    private static final String NAME = "proxyroute-operator";

    private final KubernetesClient client;
    private final String namespace;
    private final String identity;

    /** @param identity unique to this process */
    LeaderLease(KubernetesClient client, String namespace, String identity) {
        this.client = client;
        this.namespace = namespace;
        this.identity = identity;
    }

    /** @param stoppedLeading called when the lease is lost, and when the framework stops */
    LeaderElectionConfiguration election(Runnable stoppedLeading) {
        return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(NAME)
                .withLeaseNamespace(namespace)
                .withIdentity(identity)
                .withExitOnStopLeading(false)
                .withLeaderCallbacks(new LeaderCallbacks(
                        () -> LOG.info("Acquired the leader lease."),
                        stoppedLeading,
                        leader -> LOG.info("The leader is {}.", leader)))
                .build();
    }

    /** Reads from the API server whether this process is the holder. */
    boolean isHeld() {
        Lease lease = client.leases().inNamespace(namespace).withName(NAME).get();
        return lease != null && identity.equals(lease.getSpec().getHolderIdentity());
    }

    /**
     * Releases the lease if this process holds it. Call it after everything that acts or renews has stopped. It is an update and not a
     * patch, so that the holder is removed only from the version that was read.
     *
     * @return whether it was released
     */
    boolean release() {
        try {
            Lease lease = client.leases().inNamespace(namespace).withName(NAME).get();
            if (lease == null || !identity.equals(lease.getSpec().getHolderIdentity())) {
                return false;
            }
            Lease free = new LeaseBuilder(lease)
                    .editSpec()
                    .withHolderIdentity(null)
                    .endSpec()
                    .build();
            client.leases().inNamespace(namespace).resource(free).update();
            LOG.info("Released the leader lease.");
            return true;
        } catch (KubernetesClientException e) {
            LOG.warn("Cannot release the leader lease; the next leader waits until it expires: {}", e.getMessage());
            return false;
        }
    }
}

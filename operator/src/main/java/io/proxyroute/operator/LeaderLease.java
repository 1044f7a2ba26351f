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
 * The lease whose holder acts. The framework takes and renews it, but never gives it back; this does, so that a
 * successor need not wait until it expires.
 */
final class LeaderLease {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderLease.class);
    private static final String NAME = "proxyroute-operator";

    private final KubernetesClient client;
    private final String namespace;
    private final String identity;

    /** @param identity of this process and of no other */
    LeaderLease(KubernetesClient client, String namespace, String identity) {
        this.client = client;
        this.namespace = namespace;
        this.identity = identity;
    }

    /** @param stoppedLeading runs when the lease is lost, and when the framework stops */
    LeaderElectionConfiguration election(Runnable stoppedLeading) {
        return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(NAME)
                .withLeaseNamespace(namespace)
                .withIdentity(identity)
                .withExitOnStopLeading(false)
                .withLeaderCallbacks(new LeaderCallbacks(
                        () -> LOG.info("leading"), stoppedLeading, leader -> LOG.info("leader is {}", leader)))
                .build();
    }

    /** Whether the API server, asked now, names this process as the holder. */
    boolean isHeld() {
        Lease lease = client.leases().inNamespace(namespace).withName(NAME).get();
        return lease != null && identity.equals(lease.getSpec().getHolderIdentity());
    }

    /**
     * Gives the lease back if it is this process's. To be called when nothing acts or renews any more. An update and not
     * a patch: the holder must go, and go only from the version that was read.
     *
     * @return whether it was given back
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
            LOG.info("the lease is given back");
            return true;
        } catch (KubernetesClientException e) {
            LOG.warn("the lease is not given back, and expires: {}", e.getMessage());
            return false;
        }
    }
}

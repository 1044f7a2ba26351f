package io.proxyroute.e2e.cluster;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** ProxyRoute in a cluster: its images, CRDs and operator, from {@code manifests/base} as it is. */
public final class Installation implements AutoCloseable {

    /** Namespace of the operator. */
    public static final String NAMESPACE = "proxyroute-system";

    /** Deployment of the operator. */
    public static final String OPERATOR = "proxyroute-operator";

    /** Port of the operator's Service that serves reports. */
    public static final int REPORTS_PORT = 8081;

    private static final String MANIFESTS = "manifests/base";
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final Cluster cluster;
    private boolean ours;

    private Installation(Cluster cluster, boolean ours) {
        this.cluster = cluster;
        this.ours = ours;
    }

    /** Loads the images, and deploys. */
    public static Installation install(Cluster cluster) {
        loadImages(cluster);
        return deploy(cluster);
    }

    /** Brings the images that the source tree was built to into the cluster; tells of each where that takes a while. */
    public static void loadImages(Cluster cluster) {
        cluster.load(Repository.images());
    }

    /** Applies the manifests over what may be there, and waits until the operator is ready. Images must be loaded. */
    public static Installation deploy(Cluster cluster) {
        boolean wasThere = operatorOf(cluster).get() != null;
        cluster.kubectl("apply", "--server-side", "--force-conflicts", "-k", MANIFESTS);
        cluster.kubectl("wait", "--for=condition=Established", "-f", "crds/", "--timeout=60s");
        // kubectl remembers which resources there are; this makes it look again, so that it knows pxr and rrun.
        cluster.kubectl("api-resources", "--api-group=proxyroute.io");
        if (wasThere) {
            // The images may be new under the same names.
            operatorOf(cluster).rolling().restart();
        }
        operatorOf(cluster).waitUntilCondition(Installation::isRolledOut, LIMIT.toSeconds(), TimeUnit.SECONDS);
        return new Installation(cluster, !wasThere);
    }

    private static RollableScalableResource<Deployment> operatorOf(Cluster cluster) {
        return cluster.client().apps().deployments().inNamespace(NAMESPACE).withName(OPERATOR);
    }

    private static boolean isRolledOut(Deployment deployment) {
        if (deployment == null || deployment.getStatus() == null) {
            return false;
        }
        Integer wanted = deployment.getSpec().getReplicas();
        return deployment
                        .getMetadata()
                        .getGeneration()
                        .equals(deployment.getStatus().getObservedGeneration())
                && wanted.equals(deployment.getStatus().getUpdatedReplicas())
                && wanted.equals(deployment.getStatus().getReadyReplicas())
                && wanted.equals(deployment.getStatus().getReplicas());
    }

    /** Leaves it installed when this is closed. */
    public void keep() {
        ours = false;
    }

    /** Removes it if it was not there before; routes must be gone by then, as only the operator can end them. */
    @Override
    public void close() {
        if (ours) {
            cluster.kubectl("delete", "-k", MANIFESTS, "--wait=true", "--timeout=120s");
        }
    }
}

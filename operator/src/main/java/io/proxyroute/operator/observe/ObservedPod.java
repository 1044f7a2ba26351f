package io.proxyroute.operator.observe;

import io.proxyroute.contract.config.RouteRef;
import io.proxyroute.operator.admin.ProxyAddress;
import java.time.Instant;

/**
 * A proxy pod, as cached from the API server.
 *
 * @param route route that the pod serves
 * @param proxy address of its admin port; null while it has none
 * @param name name of the pod
 * @param uid UID of the pod
 * @param node node that runs the pod; null before it is scheduled
 * @param revision hash of the pod template, the same for all pods of one rollout
 * @param attached whether the Deployment selects it
 * @param ready readiness as the kubelet reports it
 * @param terminating whether it is being deleted
 * @param startedAt start of its process; null while none runs
 * @param readySince when it last became ready; null while it is not ready
 */
public record ObservedPod(
        RouteRef route,
        ProxyAddress proxy,
        String name,
        String uid,
        String node,
        String revision,
        boolean attached,
        boolean ready,
        boolean terminating,
        Instant startedAt,
        Instant readySince) {

    /** Whether it serves and continues to do so. */
    public boolean serves() {
        return ready && !terminating;
    }
}

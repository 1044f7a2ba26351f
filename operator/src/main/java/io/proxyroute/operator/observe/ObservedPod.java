package io.proxyroute.operator.observe;

import io.proxyroute.contract.config.RouteRef;
import io.proxyroute.operator.admin.ProxyAddress;
import java.time.Instant;

/**
 * What the API server tells about a proxy pod.
 *
 * @param route the route it serves
 * @param proxy where it answers; null while it has no address
 * @param name the pod's name
 * @param uid the pod's UID
 * @param node where it runs; null before it is scheduled
 * @param revision hash of the pod template, the same for all pods of one rollout
 * @param attached whether the Deployment still selects it
 * @param ready whether the kubelet calls it ready
 * @param terminating whether its deletion has begun
 * @param startedAt when its process started; null while none runs
 * @param readySince when it last became ready; null while it is not
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

    /** Whether it serves and will go on doing so. */
    public boolean serves() {
        return ready && !terminating;
    }
}

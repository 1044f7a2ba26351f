package io.proxyroute.operator.remediation.decision;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A route and its pods, read uncached.
 *
 * @param generation generation of the route's specification
 * @param mode remediation mode
 * @param paused whether the route has the annotation proxyroute.io/paused or is being deleted
 * @param rollout whether the Deployment is between two revisions
 * @param desired replicas of the Deployment
 * @param minAvailable the disruption budget's {@code minAvailable}
 * @param pods all pods with the route's label
 * @param trouble why a pod cannot be created or does not start, as a sentence; empty for nothing
 */
public record Fleet(
        long generation,
        Mode mode,
        boolean paused,
        boolean rollout,
        int desired,
        int minAvailable,
        List<Pod> pods,
        String trouble) {

    /** The mode of remediation. */
    public enum Mode {
        DISABLED,
        OBSERVE,
        RECOMMEND,
        AUTO
    }

    /**
     * One pod.
     *
     * @param uid its UID
     * @param name its name
     * @param version opaque; a write with an outdated one is refused
     * @param attached whether the Deployment selects it
     * @param owned whether the route is its controller, as for detached pods
     * @param ready readiness as the kubelet reports it
     * @param terminating whether it is being deleted
     * @param createdAt creation time by the API server's clock
     */
    public record Pod(
            String uid,
            String name,
            String version,
            boolean attached,
            boolean owned,
            boolean ready,
            boolean terminating,
            Instant createdAt) {

        /** Whether a run has removed it from the Deployment, and must reattach or evict it. */
        boolean isDetached() {
            return !attached && owned && !terminating;
        }

        /** Whether it is ready and not terminating. */
        boolean isServing() {
            return ready && !terminating;
        }

        /** Whether it belongs to the Deployment or to a run. A user may have removed a pod from both to inspect it. */
        boolean isManaged() {
            return attached || owned;
        }
    }

    /** The pod, unless it is gone. */
    public Optional<Pod> pod(String uid) {
        return pods.stream().filter(p -> p.uid().equals(uid)).findFirst();
    }

    /** The pod, unless it is gone, terminating, or detached by a user. */
    Optional<Pod> activePod(String uid) {
        return pod(uid).filter(p -> !p.terminating() && p.isManaged());
    }

    /** Number of serving pods without the given one. */
    public int readyWithout(String uid) {
        return (int)
                pods.stream().filter(p -> !p.uid().equals(uid) && p.isServing()).count();
    }

    /** Serving pods of the Deployment without the given one. */
    Stream<Pod> servingWithout(String uid) {
        return pods.stream().filter(p -> !p.uid().equals(uid) && p.attached() && p.isServing());
    }
}

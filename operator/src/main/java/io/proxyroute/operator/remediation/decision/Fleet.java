package io.proxyroute.operator.remediation.decision;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A route and its pods, read uncached.
 *
 * @param generation of the route's specification
 * @param mode what the user allows
 * @param paused whether the route bears the pause annotation
 * @param rollout whether the Deployment is between two revisions
 * @param wanted how many pods there should be
 * @param minAvailable what the disruption budget demands
 * @param pods those that carry the route's label
 */
public record Fleet(
        long generation, Mode mode, boolean paused, boolean rollout, int wanted, int minAvailable, List<Pod> pods) {

    /** What the user allows. */
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
     * @param version opaque; a write on an outdated one is refused
     * @param attached whether the Deployment counts it
     * @param owned whether the route itself is its controller, which is what detaching makes of it
     * @param ready whether it serves
     * @param terminating whether its deletion has begun
     * @param createdAt by the API server's clock
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

        /** Whether a run took it out of the Deployment, and must see to it that it goes back or away. */
        boolean isDetached() {
            return !attached && owned && !terminating;
        }

        /** Whether it serves and will go on doing so. */
        boolean serves() {
            return ready && !terminating;
        }

        /** Whether it is in nobody else's hands: somebody may have taken it out of the Deployment to look at it. */
        boolean isOurs() {
            return attached || owned;
        }
    }

    /** The pod, unless it is gone. */
    public Optional<Pod> pod(String uid) {
        return pods.stream().filter(p -> p.uid().equals(uid)).findFirst();
    }

    /** Pods that serve and will go on doing so without this one. */
    public int readyWithout(String uid) {
        return (int)
                pods.stream().filter(p -> !p.uid().equals(uid) && p.serves()).count();
    }

    /** Pods that the Deployment counts, that serve, without this one. */
    Stream<Pod> servingWithout(String uid) {
        return pods.stream().filter(p -> !p.uid().equals(uid) && p.attached() && p.serves());
    }
}

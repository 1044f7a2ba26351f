package io.proxyroute.operator.observe;

/** Takes samples, on the poller's virtual threads: one at a time for a pod, in order; must not block for long. */
public interface SampleSink {

    /** Takes one sample, known or unknown. One that it fails on is logged and lost to it; the next one comes all the same. */
    void accept(PodSample sample);

    /** The pod is gone, or is no longer looked at. */
    default void gone(ObservedPod pod) {}
}

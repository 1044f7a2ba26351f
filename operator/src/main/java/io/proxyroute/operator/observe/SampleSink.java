package io.proxyroute.operator.observe;

/** Takes samples, on the poller's virtual threads: one at a time for a pod, in order; must not block for long. */
public interface SampleSink {

    /** Takes one sample, known or unknown. */
    void accept(PodSample sample);

    /** The pod is gone, or is no longer looked at. */
    default void gone(ObservedPod pod) {}
}

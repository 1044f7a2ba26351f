package io.proxyroute.operator.observe;

/** Takes samples, on the poller's virtual threads: in order, and one at a time per pod. Must not block for long. */
public interface SampleSink {

    /** Takes one sample, known or unknown. An exception is logged, and the next sample is delivered as usual. */
    void accept(PodSample sample);

    /** The pod is gone, or is no longer polled. */
    default void gone(ObservedPod pod) {}
}

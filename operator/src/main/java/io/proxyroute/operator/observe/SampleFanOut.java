package io.proxyroute.operator.observe;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes every sample to several sinks, in order, on the poller's threads. A sink that throws is logged, and the others
 * still get the sample.
 */
public final class SampleFanOut implements SampleSink {

    private static final Logger LOG = LoggerFactory.getLogger(SampleFanOut.class);

    private final List<SampleSink> sinks;

    public SampleFanOut(SampleSink... sinks) {
        this.sinks = List.of(sinks);
    }

    @Override
    public void accept(PodSample sample) {
        for (SampleSink sink : sinks) {
            try {
                sink.accept(sample);
            } catch (RuntimeException e) {
                LOG.error("Cannot process a sample of {}.", sample.pod().name(), e);
            }
        }
    }

    @Override
    public void gone(ObservedPod pod) {
        sinks.forEach(sink -> sink.gone(pod));
    }
}

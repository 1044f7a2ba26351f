package io.proxyroute.testbed.load;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.time.Instant;
import java.util.Map;

/** A report of the load generator, printed as one line of JSON. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "line")
@JsonSubTypes({
    @JsonSubTypes.Type(value = LoadReport.Second.class, name = "second"),
    @JsonSubTypes.Type(value = LoadReport.Loss.class, name = "loss"),
    @JsonSubTypes.Type(value = LoadReport.Summary.class, name = "summary")
})
public sealed interface LoadReport {

    /** Name of the target. */
    String target();

    /**
     * The requests of one second.
     *
     * @param target the target's name
     * @param at end of the second
     * @param sent requests sent, or abandoned for lack of a connection
     * @param ok complete and correct responses
     * @param failed lost requests
     * @param lagMillis maximum delay of a request behind its schedule
     * @param p50Millis median latency, from the scheduled time to the last byte
     * @param p99Millis 99th percentile of the latency
     * @param connections open connections
     * @param sentTotal since the start
     * @param okTotal since the start
     * @param failedTotal since the start
     */
    record Second(
            String target,
            Instant at,
            long sent,
            long ok,
            long failed,
            double lagMillis,
            double p50Millis,
            double p99Millis,
            int connections,
            long sentTotal,
            long okTotal,
            long failedTotal)
            implements LoadReport {}

    /**
     * A lost request; only the first hundred per target are reported.
     *
     * @param target the target's name
     * @param at time of the loss
     * @param id ID of the request
     * @param cause cause of the loss
     * @param detail details for humans
     * @param waitedMillis time since its scheduled time
     * @param connection local and remote address; null if it had no connection
     * @param responsesBefore earlier responses on the same connection
     */
    record Loss(
            String target,
            Instant at,
            long id,
            LossCause cause,
            String detail,
            double waitedMillis,
            String connection,
            long responsesBefore)
            implements LoadReport {}

    /**
     * The result of a run.
     *
     * @param target the target's name
     * @param seconds time from the scheduled time of the first request to the end of the last
     * @param sent requests
     * @param ok complete and correct responses
     * @param failed lost requests
     * @param causes number of losses per cause
     * @param maxLagMillis maximum delay of a request behind its schedule
     * @param fellBehind whether a request was delayed by more than {@link LoadPlan#maxLag}, which voids the run
     * @param p50Millis median latency, from the scheduled time to the last byte
     * @param p99Millis 99th percentile of the latency
     * @param p999Millis 99.9th percentile of the latency
     * @param maxMillis maximum latency
     * @param connectionsOpened connections opened during the run
     */
    record Summary(
            String target,
            double seconds,
            long sent,
            long ok,
            long failed,
            Map<LossCause, Long> causes,
            double maxLagMillis,
            boolean fellBehind,
            double p50Millis,
            double p99Millis,
            double p999Millis,
            double maxMillis,
            long connectionsOpened)
            implements LoadReport {}

    /** The report as JSON, without a line break. */
    default String toJson() {
        try {
            return Format.JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot serialize a record of numbers and strings", e);
        }
    }

    /**
     * Parses a line.
     *
     * @throws JsonProcessingException the line is not a report
     */
    static LoadReport parse(String line) throws JsonProcessingException {
        return Format.JSON.readValue(line, LoadReport.class);
    }

    /** The JSON mapper; an interface cannot have private fields. */
    final class Format {
        private static final ObjectMapper JSON = new ObjectMapper()
                .registerModule(new JavaTimeModule())
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

        private Format() {}
    }
}

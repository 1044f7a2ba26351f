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

/** A line of JSON that the generator prints. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "line")
@JsonSubTypes({
    @JsonSubTypes.Type(value = LoadLine.Second.class, name = "second"),
    @JsonSubTypes.Type(value = LoadLine.Loss.class, name = "loss"),
    @JsonSubTypes.Type(value = LoadLine.Summary.class, name = "summary")
})
public sealed interface LoadLine {

    /** Of which target the line speaks. */
    String target();

    /**
     * What happened in one second.
     *
     * @param target the target's name
     * @param at end of the second
     * @param sent requests written, or given up because there was no connection
     * @param ok answered completely and correctly
     * @param failed lost
     * @param lagMillis how late the latest request left
     * @param p50Millis median from the scheduled time to the last byte
     * @param p99Millis 99th percentile of it
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
            implements LoadLine {}

    /**
     * A request that was lost; only the first hundred of a target are told.
     *
     * @param target the target's name
     * @param at when it was given up
     * @param id the request's number
     * @param cause why
     * @param detail a sentence
     * @param waitedMillis since its scheduled time
     * @param connection local and remote address; null where there was none
     * @param answered how many answers the connection had brought before
     */
    record Loss(
            String target,
            Instant at,
            long id,
            LossCause cause,
            String detail,
            double waitedMillis,
            String connection,
            long answered)
            implements LoadLine {}

    /**
     * The whole run.
     *
     * @param target the target's name
     * @param seconds from the first request's scheduled time to the last one's end
     * @param sent requests
     * @param ok answered completely and correctly
     * @param failed lost
     * @param causes how many of each
     * @param maxLagMillis how late the latest request left
     * @param fellBehind some request left so late that the load was not constant: the run is void
     * @param p50Millis median from the scheduled time to the last byte
     * @param p99Millis 99th percentile of it
     * @param p999Millis 99.9th percentile of it
     * @param maxMillis the slowest
     * @param connectionsOpened connections made
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
            implements LoadLine {}

    /** The line as JSON, without a line break. */
    default String toJson() {
        try {
            return Format.JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("records of numbers and strings", e);
        }
    }

    /**
     * Reads a line.
     *
     * @throws JsonProcessingException it is not one of ours
     */
    static LoadLine parse(String line) throws JsonProcessingException {
        return Format.JSON.readValue(line, LoadLine.class);
    }

    /** How lines are written. */
    final class Format {
        private static final ObjectMapper JSON = new ObjectMapper()
                .registerModule(new JavaTimeModule())
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

        private Format() {}
    }
}

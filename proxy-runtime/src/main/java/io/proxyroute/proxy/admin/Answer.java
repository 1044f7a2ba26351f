package io.proxyroute.proxy.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.proxyroute.contract.Json;
import java.nio.charset.StandardCharsets;

/**
 * An answer of a control server.
 *
 * @param status HTTP status
 * @param contentType of the body
 * @param body may be empty
 */
public record Answer(int status, String contentType, byte[] body) {

    /** A record of the contract. */
    public static Answer json(int status, Object body) {
        try {
            return new Answer(status, "application/json", Json.MAPPER.writeValueAsBytes(body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of the contract cannot be written as JSON", e);
        }
    }

    /** Plain text. */
    public static Answer text(int status, String body) {
        return new Answer(status, "text/plain; charset=utf-8", (body + "\n").getBytes(StandardCharsets.UTF_8));
    }
}

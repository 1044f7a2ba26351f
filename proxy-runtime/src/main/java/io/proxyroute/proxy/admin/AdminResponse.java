package io.proxyroute.proxy.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.proxyroute.contract.Json;
import java.nio.charset.StandardCharsets;

/**
 * A response of a control server.
 *
 * @param status the HTTP status
 * @param contentType media type of the body
 * @param body may be empty
 */
public record AdminResponse(int status, String contentType, byte[] body) {

    /** A JSON response from a record of the contract. */
    public static AdminResponse json(int status, Object body) {
        try {
            return new AdminResponse(status, "application/json", Json.MAPPER.writeValueAsBytes(body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "cannot write a contract record as JSON: " + body.getClass().getName(), e);
        }
    }

    /** A plain-text response; a line break is added. */
    public static AdminResponse text(int status, String body) {
        return new AdminResponse(status, "text/plain; charset=utf-8", (body + "\n").getBytes(StandardCharsets.UTF_8));
    }
}

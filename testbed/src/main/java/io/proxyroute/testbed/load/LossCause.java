package io.proxyroute.testbed.load;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Why a request counts as lost. */
public enum LossCause {
    /** The connection was refused or reset while connecting, or the host is unreachable. */
    CONNECT,
    /** The connection closed before the response started. */
    CLOSED,
    /** The connection closed during the response. */
    TRUNCATED,
    /** Unexpected status code. */
    STATUS,
    /** Unexpected body: of another request, or of another length. */
    BODY,
    /** The backend received a different request body. */
    REQUEST_BODY,
    /** The response is not valid HTTP. */
    MALFORMED,
    /** The response was not complete within the timeout, counted from the scheduled time. */
    TIMEOUT;

    /** The name used in reports. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

package io.proxyroute.testbed.load;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Why a request counts as lost. */
public enum LossCause {
    /** No connection: refused, unreachable, or reset while it was made. */
    CONNECT,
    /** The connection ended before the answer began. */
    CLOSED,
    /** The connection ended within the answer. */
    TRUNCATED,
    /** Another status than the one expected. */
    STATUS,
    /** A body that is not the request's own, or not of its length. */
    BODY,
    /** The request did not arrive as it was sent. */
    REQUEST_BODY,
    /** Not HTTP. */
    MALFORMED,
    /** Not complete within the limit after the scheduled time. */
    TIMEOUT;

    /** The name in reports. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

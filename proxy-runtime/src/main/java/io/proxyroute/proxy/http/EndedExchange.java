package io.proxyroute.proxy.http;

import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.proxy.stream.EndCause;

/** An ended exchange, for the access log and the meters. A view of live state: callers must not keep it. */
public interface EndedExchange {

    /** Why it ended. */
    EndCause cause();

    /** The W3C trace id: 32 hexadecimal digits. */
    String traceId();

    /** Name of the listener. */
    String listener();

    /** Name of the rule; null if none matched. */
    String rule();

    /** The request's method. */
    String method();

    /** The request's path and query. */
    String target();

    /** The request's host; empty if it had none. */
    String host();

    /** The client's address without the port, as the socket shows it. */
    String client();

    /** Status that was sent to the client; 0 if none was. */
    int status();

    /** The backend's id; null if none was chosen. */
    String backend();

    /** The endpoint that was tried last; null if none was reached. */
    Endpoint endpoint();

    /** How many attempts reached a backend. */
    int attempts();

    /** Body bytes received from the client, without framing. */
    long requestBytes();

    /** Body bytes sent to the client, without framing. */
    long responseBytes();

    /** When the request head arrived, in milliseconds since 1970. */
    long startedMillis();

    /** From the request head to the end, in nanoseconds. */
    long durationNanos();

    /** From the request head to the response head, in nanoseconds; -1 if there was none. */
    long responseHeadNanos();
}

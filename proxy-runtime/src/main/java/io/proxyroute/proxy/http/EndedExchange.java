package io.proxyroute.proxy.http;

import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.proxy.stream.EndCause;
import java.net.InetSocketAddress;

/** What is known of an exchange at its end. A view: nothing is copied, and nothing of it may be kept. */
public interface EndedExchange {

    /** Why it ended. */
    EndCause cause();

    /** The W3C trace id: 32 hexadecimal digits. */
    String traceId();

    /** Name of the listener. */
    String listener();

    /** Name of the rule; null where none took the request. */
    String rule();

    /** Of the request. */
    String method();

    /** Path and query of the request. */
    String target();

    /** Host of the request; empty where it had none. */
    String host();

    /** The client's address as the socket shows it. */
    InetSocketAddress client();

    /** Status of the answer's head that was sent; 0 where none was. */
    int status();

    /** Id of the backend; null where none was chosen. */
    String backend();

    /** The endpoint that answered or failed last; null where none was reached. */
    Endpoint endpoint();

    /** How often a backend was tried. */
    int attempts();

    /** Body bytes received from the client, framing not counted. */
    long requestBytes();

    /** Body bytes sent to the client, framing not counted. */
    long responseBytes();

    /** When the request's head had arrived, in milliseconds since 1970. */
    long startedMillis();

    /** From the request's head to the end, in nanoseconds. */
    long durationNanos();

    /** From the request's head to the answer's head; -1 where there was none. */
    long headNanos();
}

package io.proxyroute.filter;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * A filter's view of one exchange, and its only access to the proxy's resources. Every resource obtained here is tracked
 * with the filter's name and the calling line; if it is still held when the exchange ends, the proxy reports it as a leak
 * of that line and reclaims it. Methods may be called on the filter's thread and in {@link #fork forks}, unless they say
 * otherwise; they throw {@link ExchangeEndedException} after the end of the exchange.
 */
public interface FilterContext {

    /** The context of the current exchange; bound in the filter's thread and in its forks. */
    ScopedValue<FilterContext> CURRENT = ScopedValue.newInstance();

    /** The request's head. Header changes are forwarded to the backend. */
    RequestHead request();

    /** Namespace and name of the route, as {@code namespace/name}. */
    String route();

    /** The W3C trace id of the exchange: 32 hexadecimal digits. */
    String traceId();

    /** Ids of the rule's backends, in the rule's order. */
    List<String> backends();

    /** The time until the exchange's deadline; never negative, and very long if the rule has no timeout. */
    Duration remaining();

    /**
     * The request's body as it arrives. Reading blocks until bytes are available; bytes that the filter reads are not
     * forwarded to the backend. May be called once.
     */
    InputStream body();

    /**
     * Sends a request to a backend and waits for the response head. The exchange's deadline applies.
     *
     * @param backend a backend's id
     * @return must be closed; holds a pooled connection until then or until its body is read completely
     * @throws IOException no connection was available, or the backend failed
     */
    BackendResponse send(String backend, BackendRequest request) throws IOException, InterruptedException;

    /**
     * Acquires a pooled connection for several consecutive requests.
     *
     * @param backend a backend's id
     * @return must be closed
     * @throws IOException no connection was available in time
     */
    BackendLease acquire(String backend) throws IOException, InterruptedException;

    /**
     * Allocates pooled memory. All filters together may hold a quarter of the proxy's direct memory.
     *
     * @param capacity capacity in bytes, 1 to 16 MiB
     * @return must be closed
     * @throws IllegalStateException filters have reached their memory limit, or tasks that outlived their exchange still hold
     *     too much
     */
    FilterBuffer allocate(int capacity);

    /**
     * Runs a task on a virtual thread with this context bound. It is interrupted when the exchange ends.
     *
     * @param name identifies the fork in reports
     */
    <T> Fork<T> fork(String name, Callable<T> task);

    /**
     * Registers a resource to close after the exchange has ended, on a virtual thread, so closing may block. Calls and forks
     * that still run are interrupted first and have a few seconds to stop using it.
     */
    void closeOnEnd(AutoCloseable resource);
}

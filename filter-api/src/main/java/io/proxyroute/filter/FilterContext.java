package io.proxyroute.filter;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * A filter's view of one exchange, and the only way to resources of the proxy. Whatever is obtained here is entered in
 * the exchange's ledger record with the filter's name and the calling line; what is still held when the exchange ends is
 * reported as a leak of that line and taken back. Methods may be called from the filter's thread and from threads that
 * {@link #fork} started, unless they say otherwise; they throw {@link ExchangeEndedException} after the end.
 */
public interface FilterContext {

    /** The context of the exchange that the current thread works for; bound in the filter's thread and in its forks. */
    ScopedValue<FilterContext> CURRENT = ScopedValue.newInstance();

    /** The request's head. Header edits go on to the backend. */
    RequestHead request();

    /** Namespace and name of the route, as {@code namespace/name}. */
    String route();

    /** The W3C trace id of the exchange: 32 hexadecimal digits. */
    String traceId();

    /** Ids of the backends that the rule names, in its order. */
    List<String> backends();

    /** What is left of the exchange's deadline; never negative. A very long time when the rule has none. */
    Duration remaining();

    /**
     * The request's body as it arrives. Reading blocks until bytes are there; what is read is not passed on to the
     * backend. May be called once.
     */
    InputStream body();

    /**
     * Sends a request of the filter's own and waits for the answer's head. The deadline of the exchange holds.
     *
     * @param backend a backend's id
     * @return must be closed; holds a pooled connection until then or until its body is read to the end
     * @throws IOException no connection, or the backend failed
     */
    BackendResponse send(String backend, BackendRequest request) throws IOException, InterruptedException;

    /**
     * Takes a connection from the pool for several requests in a row.
     *
     * @param backend a backend's id
     * @return must be closed
     * @throws IOException none could be had in time
     */
    BackendLease acquire(String backend) throws IOException, InterruptedException;

    /**
     * Allocates pooled memory. All filters together may hold a quarter of the direct memory that the proxy has.
     *
     * @param capacity in bytes, 1 to 16 MiB
     * @return must be closed
     * @throws IllegalStateException filters hold as much as they may, or tasks that outlived their exchange hold too much
     */
    FilterBuffer allocate(int capacity);

    /**
     * Runs a task on a virtual thread with this context bound. It is interrupted when the exchange ends.
     *
     * @param name tells forks apart in reports
     */
    <T> Fork<T> fork(String name, Callable<T> task);

    /**
     * Has a resource of the filter's own closed when the exchange has ended; on a virtual thread, so it may block. Calls
     * and forks that still run may use it until they have answered their interrupt, up to some seconds.
     */
    void closeOnEnd(AutoCloseable resource);
}

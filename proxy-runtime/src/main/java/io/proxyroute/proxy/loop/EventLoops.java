package io.proxyroute.proxy.loop;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The one group of event loops that serves both sides of the proxy. Loops are numbered, so that state per loop is an
 * array and needs no lock. Thread-safe; made once by whoever assembles the process, and closed by it last.
 */
public final class EventLoops implements AutoCloseable {

    private final Transport transport;
    private final EventLoopGroup group;
    private final List<EventLoop> loops;
    private final Map<EventExecutor, Integer> numbers = new IdentityHashMap<>();
    private final List<DeadlineWheel> wheels;

    /**
     * Starts the loops.
     *
     * @param threads at least 1
     */
    public EventLoops(Transport transport, int threads) {
        this.transport = transport;
        this.group =
                new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("loop", true), transport.handlers());
        List<EventLoop> found = new ArrayList<>(threads);
        List<DeadlineWheel> made = new ArrayList<>(threads);
        for (EventExecutor executor : group) {
            numbers.put(executor, found.size());
            found.add((EventLoop) executor);
            made.add(new DeadlineWheel((EventLoop) executor));
        }
        this.loops = List.copyOf(found);
        this.wheels = List.copyOf(made);
    }

    /** How sockets are driven. */
    public Transport transport() {
        return transport;
    }

    /** For bootstraps. */
    public EventLoopGroup group() {
        return group;
    }

    /** In the order of their numbers. */
    public List<EventLoop> all() {
        return loops;
    }

    /** How many there are. */
    public int count() {
        return loops.size();
    }

    /**
     * A loop's number, from 0.
     *
     * @throws IllegalArgumentException not one of these loops
     */
    public int number(EventExecutor loop) {
        Integer number = numbers.get(loop);
        if (number == null) {
            throw new IllegalArgumentException("not one of the proxy's event loops: " + loop);
        }
        return number;
    }

    /** The timers of a loop; to be used on that loop alone. */
    public DeadlineWheel wheel(int number) {
        return wheels.get(number);
    }

    /** Ends the loops; whatever is still open on them is closed. Waits at most 5 s. */
    @Override
    public void close() {
        Future<?> ended = group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
        ended.awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}

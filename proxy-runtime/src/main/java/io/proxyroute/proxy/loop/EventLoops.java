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
 * The event loops of the process, shared by client and backend connections. Loops are numbered, so that per-loop state is
 * an array and needs no lock. Thread-safe; the assembly creates it once and closes it last.
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
     * @param threads number of threads, at least 1
     */
    public EventLoops(Transport transport, int threads) {
        this.transport = transport;
        this.group =
                new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("loop", true), transport.handlers());
        List<EventLoop> found = new ArrayList<>(threads);
        List<DeadlineWheel> created = new ArrayList<>(threads);
        for (EventExecutor executor : group) {
            numbers.put(executor, found.size());
            found.add((EventLoop) executor);
            created.add(new DeadlineWheel((EventLoop) executor));
        }
        this.loops = List.copyOf(found);
        this.wheels = List.copyOf(created);
    }

    /** The socket implementation. */
    public Transport transport() {
        return transport;
    }

    /** The loops as a Netty group, for bootstraps. */
    public EventLoopGroup group() {
        return group;
    }

    /** All loops, in the order of their numbers. */
    public List<EventLoop> all() {
        return loops;
    }

    /** The number of loops. */
    public int count() {
        return loops.size();
    }

    /**
     * A loop's number, from 0.
     *
     * @throws IllegalArgumentException the executor is not one of these loops
     */
    public int number(EventExecutor loop) {
        Integer number = numbers.get(loop);
        if (number == null) {
            throw new IllegalArgumentException("not an event loop of the proxy: " + loop);
        }
        return number;
    }

    /** The timers of a loop; only for use on that loop. */
    public DeadlineWheel wheel(int number) {
        return wheels.get(number);
    }

    /** Stops the loops and closes channels that are still open. Waits at most 5 s. */
    @Override
    public void close() {
        Future<?> ended = group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
        ended.awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}

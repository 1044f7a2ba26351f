package io.proxyroute.proxy.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseCombiner;
import io.netty.util.internal.PlatformDependent;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.Listener;
import io.proxyroute.proxy.ledger.Ledger;
import io.proxyroute.proxy.loop.EventLoops;
import io.proxyroute.proxy.overload.Overload;
import io.proxyroute.proxy.overload.OverloadManager;
import io.proxyroute.proxy.pool.BackendPools;
import io.proxyroute.proxy.routing.Hostnames;
import io.proxyroute.proxy.stream.ClientConnection;
import io.proxyroute.proxy.stream.ClientProtocol;
import io.proxyroute.proxy.stream.EndCause;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The client side of the proxy: its listeners, their connections, and what they serve. Thread-safe; several may exist
 * in one process. Opens nothing before the first {@link #bind}.
 */
public final class Frontend implements AutoCloseable {

    private static final int BACKLOG = 4096;

    private final EventLoops loops;
    private final BackendPools pools;
    /** Share of direct memory in which the first bytes of request bodies are gathered. */
    private static final int BODY_MEMORY_DIVISOR = 8;

    private static final long MAX_BODY_MEMORY = 64 << 20;

    private final String host;
    private final List<LoopContext> contexts = new ArrayList<>();
    private final Map<String, BoundListener> listeners = new HashMap<>();
    /** Removed listeners whose backlog is being accepted. */
    private final Set<BoundListener> retired = new HashSet<>();

    private final CurrentState state = new CurrentState();
    private final ClientProtocol protocol;
    private final Overload overload;
    private volatile long lastAcceptNanos = System.nanoTime();
    /** False under overload. Guarded by this. */
    private boolean accepting = true;

    /**
     * Creates a front end without listeners.
     *
     * @param protocol carries the requests of accepted connections
     * @param host address to bind to, such as {@code 0.0.0.0}
     * @param overload which actions are active; see {@link #relief()}
     * @param listener receives ended exchanges
     */
    public Frontend(
            EventLoops loops,
            BackendPools pools,
            Ledger ledger,
            ClientProtocol protocol,
            String host,
            Overload overload,
            ExchangeListener listener) {
        this.loops = loops;
        this.pools = pools;
        this.host = host;
        this.protocol = protocol;
        this.overload = overload;
        ClientLimits clients = new ClientLimits();
        LoopConnections.Totals totals =
                new LoopConnections.Totals(() -> sum(LoopContext.CONNECTIONS), () -> sum(LoopContext.HELD_BYTES));
        long bodyMemory = Math.min(MAX_BODY_MEMORY, PlatformDependent.maxDirectMemory() / BODY_MEMORY_DIVISOR);
        for (int i = 0; i < loops.count(); i++) {
            EventLoop loop = loops.all().get(i);
            contexts.add(new LoopContext(
                    i,
                    loop,
                    loops.wheel(i),
                    ledger.forLoop(loop),
                    listener,
                    overload,
                    totals,
                    clients,
                    bodyMemory / loops.count()));
        }
    }

    /**
     * Binds the document's new ports, without accepting connections yet; a draining front end binds none. A port that is
     * bound keeps its socket, even if its listener has another name. Blocks; must not be called on a loop.
     *
     * @param document valid
     * @return serves the document; the caller closes it
     * @throws IOException a port could not be bound; nothing has changed
     */
    public synchronized PreparedListeners bind(ConfigDocument document) throws IOException {
        PreparedListeners prepared = new PreparedListeners(document);
        boolean complete = false;
        try {
            for (Listener listener : document.listeners()) {
                BoundListener bound = findBound(listener);
                if (bound == null && !state.isDraining()) {
                    bound = bind(listener);
                    prepared.added.add(bound);
                }
                if (bound != null) {
                    prepared.desired.put(listener.name(), bound);
                }
            }
            complete = true;
            return prepared;
        } finally {
            if (!complete) {
                prepared.close();
            }
        }
    }

    /** The socket that is already bound for a listener of a new document; null if there is none. */
    private BoundListener findBound(Listener listener) {
        if (listener.port() == 0) {
            BoundListener same = listeners.get(listener.name());
            return same == null || same.configuredPort() != 0 ? null : same;
        }
        return Stream.concat(listeners.values().stream(), retired.stream())
                .filter(bound -> bound.configuredPort() == listener.port())
                .findFirst()
                .orElse(null);
    }

    /** The sockets of a document that is not served yet. Closing it before {@link #serve} undoes the binding. */
    public final class PreparedListeners implements AutoCloseable {

        private final ConfigDocument document;
        private final Map<String, BoundListener> desired = new HashMap<>();
        private final List<BoundListener> added = new ArrayList<>();

        private PreparedListeners(ConfigDocument document) {
            this.document = document;
        }

        /**
         * Serves the document from now on: all loops see the new rules immediately; then removed listeners accept
         * their backlog and close. No connection is closed, and exchanges in flight keep the document under which they started.
         *
         * @param filters the chains of the rules that have custom filters, by the rule's name
         * @param retired called on some loop when another document has replaced this one and the last exchange that
         *     started under this one has ended
         */
        public void serve(Map<String, FilterChain> filters, Runnable retired) {
            synchronized (Frontend.this) {
                if (state.isDraining()) { // the drain started after bind
                    desired.values().removeAll(added);
                    close();
                }
                Map<BoundListener, ListenerConfig> serving = new HashMap<>();
                for (Listener listener : document.listeners()) {
                    BoundListener bound = desired.get(listener.name());
                    if (bound != null) {
                        serving.put(
                                bound,
                                new ListenerConfig(
                                        listener.name(),
                                        Integer.toString(bound.port()),
                                        Hostnames.of(listener.hostnames())));
                    }
                }
                ServingState before =
                        state.replace(new ServingState(document, serving, pools, filters, loops, retired));
                if (before != null) {
                    before.replaced(loops.all());
                }
                serving.forEach(BoundListener::serve);
                added.forEach(listener -> listener.accept(accepting));
                added.clear();
                retireAllExcept(desired.values());
                listeners.clear();
                listeners.putAll(desired);
            }
        }

        @Override
        public void close() {
            added.forEach(BoundListener::close);
            added.clear();
        }
    }

    private BoundListener bind(Listener listener) throws IOException {
        BoundListener bound = new BoundListener(listener.port());
        ChannelFuture binding = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.transport().server())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.AUTO_READ, false) // until the document is served
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(64 << 10, 128 << 10))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        initAccepted(channel, bound);
                    }
                })
                .bind(host, listener.port())
                .awaitUninterruptibly();
        if (!binding.isSuccess()) {
            throw new IOException(
                    "listener " + listener.name() + " cannot be bound to " + host + ":" + listener.port() + ": "
                            + binding.cause().getMessage(),
                    binding.cause());
        }
        bound.setChannel(binding.channel());
        return bound;
    }

    private void initAccepted(Channel channel, BoundListener listener) {
        lastAcceptNanos = System.nanoTime();
        loops.transport().limitUnsentBytes(channel);
        LoopContext context = contexts.get(loops.number(channel.eventLoop()));
        protocol.accept(channel, new ListenerRequests(state, listener, context));
    }

    private void retireAllExcept(Collection<BoundListener> kept) {
        for (BoundListener listener : kept) {
            listener.revive();
            retired.remove(listener);
        }
        List<BoundListener> removed =
                listeners.values().stream().filter(old -> !kept.contains(old)).toList();
        if (!removed.isEmpty()) {
            removed.forEach(BoundListener::retire);
            retired.addAll(removed);
            closeAfterBacklog(removed);
        }
    }

    /** The port that a listener is bound to, even if the document says 0; -1 if the listener is not bound. */
    public synchronized int port(String listener) {
        BoundListener bound = listeners.get(listener);
        return bound == null ? -1 : bound.port();
    }

    /** Connections and exchanges, now and since the start. */
    public TrafficCounts counts() {
        return new TrafficCounts(
                (int) sum(LoopContext.IN_FLIGHT),
                (int) sum(LoopContext.CONNECTIONS),
                sum(LoopContext.REQUESTS),
                sum(LoopContext.PROXY_ERRORS),
                sum(LoopContext.PROXY_FAULTS),
                sum(LoopContext.BACKEND_ERRORS));
    }

    /** Bytes that client connections hold. */
    public long heldBytes() {
        return sum(LoopContext.HELD_BYTES);
    }

    /** Client connections. */
    public long connections() {
        return sum(LoopContext.CONNECTIONS);
    }

    /** The effects of overload actions on this front end. */
    public OverloadManager.Effects relief() {
        return new LoadRelief(contexts, state, overload, this::accept);
    }

    private synchronized void accept(boolean enabled) {
        accepting = enabled;
        listeners.values().forEach(listener -> listener.accept(enabled));
        retired.forEach(listener -> listener.accept(enabled));
    }

    private long sum(int counter) {
        long sum = 0;
        for (LoopContext context : contexts) {
            sum += context.counter(counter);
        }
        return sum;
    }

    /**
     * From now on, responses carry {@code Connection: close} and no further port is bound. New connections are still
     * accepted. Cannot be undone.
     */
    public void beginDrain() {
        state.drain();
    }

    /** When the last client connection was accepted, by {@link System#nanoTime()}; the start if there was none. */
    public long lastAcceptNanos() {
        return lastAcceptNanos;
    }

    /**
     * Accepts the connections in the backlog and closes the listeners; connections stay open. Completes when the listeners
     * are closed, after two seconds at most. Must be called only when no connection has arrived for a while.
     */
    public synchronized Future<?> stopAccepting() {
        state.drain();
        List<BoundListener> closing = List.copyOf(listeners.values());
        listeners.clear();
        closing.forEach(BoundListener::retire);
        retired.addAll(closing);
        return closeAfterBacklog(closing);
    }

    private Future<?> closeAfterBacklog(List<BoundListener> closing) {
        EventExecutor executor = contexts.getFirst().loop;
        Promise<Void> closed = executor.newPromise();
        long giveUpNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        executor.execute(() -> closeWhenQuiet(executor, closing, lastAcceptNanos, giveUpNanos, closed));
        return closed;
    }

    /** An interval without an accept means that the backlog is empty. */
    private void closeWhenQuiet(
            EventExecutor executor,
            List<BoundListener> closing,
            long seenNanos,
            long giveUpNanos,
            Promise<Void> closed) {
        executor.schedule(
                () -> {
                    long now = lastAcceptNanos;
                    if (now != seenNanos && System.nanoTime() - giveUpNanos < 0) {
                        closeWhenQuiet(executor, closing, now, giveUpNanos, closed);
                        return;
                    }
                    PromiseCombiner all = new PromiseCombiner(executor);
                    synchronized (this) {
                        for (BoundListener listener : closing) {
                            if (retired.remove(listener)) { // unless a document has it again
                                all.add((Future<?>) listener.close());
                            }
                        }
                    }
                    all.finish(closed);
                },
                50,
                TimeUnit.MILLISECONDS);
    }

    /** Closes connections without an exchange, at the end of a drain. Completes when every loop has done so. */
    public Future<?> closeIdle() {
        return forEachConnection(ClientConnection::closeIfIdle);
    }

    /** Visits every connection on its loop. Completes when every loop has done so. */
    Future<?> forEachConnection(Consumer<ClientConnection> visitor) {
        EventExecutor executor = contexts.getFirst().loop;
        Promise<Void> done = executor.newPromise();
        executor.execute(() -> {
            PromiseCombiner all = new PromiseCombiner(executor);
            contexts.forEach(
                    context -> all.add((Future<?>) context.loop.submit(() -> context.connections.forEach(visitor))));
            all.finish(done);
        });
        return done;
    }

    /** Closes listeners and connections; exchanges in flight end as SHUTDOWN. Waits up to 5 s until all have. */
    @Override
    public void close() {
        synchronized (this) {
            state.drain();
            listeners.values().forEach(BoundListener::close);
            listeners.clear();
            retired.forEach(BoundListener::close);
            retired.clear();
        }
        forEachConnection(connection -> connection.shutDown(EndCause.SHUTDOWN))
                .awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}

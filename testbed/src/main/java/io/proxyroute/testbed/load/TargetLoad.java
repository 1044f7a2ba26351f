package io.proxyroute.testbed.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.proxyroute.testbed.EventLoops;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The load on one target: sends requests when they are due, keeps connections open, and abandons requests that time out.
 * Owns its connections and closes them when the last request has ended. Confined to the run's event loop.
 */
final class TargetLoad {

    private static final int MAX_REPORTED_LOSSES = 100;
    private static final long RECONNECT_MILLIS = 100;
    private static final long MIN_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Target target;
    private final LoadPlan plan;
    private final EventLoop loop;
    private final Bootstrap bootstrap;
    private final Supplier<InetSocketAddress> address;
    private final Consumer<LoadReport> output;
    private final Runnable onEnd;
    private final LoadStatistics statistics;

    /** Least recently used first, so that every connection is used. */
    private final Deque<ClientConnection> idle = new ArrayDeque<>();

    private final Set<ClientConnection> open = new LinkedHashSet<>();
    private final Map<ScheduledRequest, ClientConnection> inFlight = new HashMap<>();
    /** In order of their scheduled times; requests that have ended are dropped when they reach the head. */
    private final Deque<ScheduledRequest> outstanding = new ArrayDeque<>();
    /** Due, but without a connection. */
    private final Deque<ScheduledRequest> waiting = new ArrayDeque<>();

    private int connecting;
    private long connectionsOpened;
    private long nextId;
    private long startNanos;
    private long lastEndNanos;
    private boolean stopped;
    private boolean ended;

    TargetLoad(
            Target target,
            LoadPlan plan,
            EventLoop loop,
            Supplier<InetSocketAddress> address,
            Consumer<LoadReport> output,
            Runnable onEnd) {
        this.target = target;
        this.plan = plan;
        this.loop = loop;
        this.address = address;
        this.output = output;
        this.onEnd = onEnd;
        this.statistics = new LoadStatistics(target.name(), plan.maxLag());
        this.bootstrap = new Bootstrap()
                .group(loop)
                .channel(EventLoops.clientChannel())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        plan.timeout().toMillis());
    }

    /** Opens the connections and starts sending. */
    void start() {
        openConnections();
        startNanos = System.nanoTime();
        lastEndNanos = startNanos;
        tick();
    }

    /** Stops sending; requests in flight may end. */
    void stop() {
        stopped = true;
    }

    private void tick() {
        long now = System.nanoTime();
        abandonLate(now);
        sendDue(now);
        if (stopped && hasNoneOutstanding()) {
            finish();
            return;
        }
        long wait = stopped ? TimeUnit.MILLISECONDS.toNanos(10) : scheduledNanos(nextId) - System.nanoTime();
        loop.schedule(this::tick, Math.max(MIN_WAIT_NANOS, wait), TimeUnit.NANOSECONDS);
    }

    private long scheduledNanos(long id) {
        return startNanos + id * 1_000_000_000L / plan.rate();
    }

    private void sendDue(long now) {
        while (!stopped && scheduledNanos(nextId) <= now) {
            if (scheduledNanos(nextId) - startNanos >= plan.duration().toNanos()) {
                stop();
                return;
            }
            ScheduledRequest request = new ScheduledRequest(nextId, scheduledNanos(nextId));
            nextId++;
            statistics.recordSent(now - request.scheduledNanos);
            outstanding.addLast(request);
            dispatch(request);
        }
    }

    private void dispatch(ScheduledRequest request) {
        ClientConnection connection = idle.pollFirst();
        while (connection != null && !connection.isIdle()) {
            connection = idle.pollFirst();
        }
        if (connection != null) {
            send(connection, request);
        } else {
            waiting.addLast(request);
            if (connecting < waiting.size() && open.size() + connecting < plan.maxConnections()) {
                connect();
            }
        }
    }

    private void send(ClientConnection connection, ScheduledRequest request) {
        inFlight.put(request, connection);
        connection.send(request, target);
    }

    private void openConnections() {
        while (!stopped && open.size() + connecting < plan.connections()) {
            connect();
        }
    }

    private void connect() {
        connecting++;
        ClientConnection connection = new ClientConnection(this, plan);
        bootstrap
                .clone()
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(new HttpClientCodec(), connection);
                    }
                })
                .connect(address.get())
                .addListener((ChannelFuture future) -> connected(future, connection));
    }

    private void connected(ChannelFuture future, ClientConnection connection) {
        connecting--;
        if (future.isSuccess()) {
            connectionsOpened++;
            open.add(connection);
            idle(connection);
            return;
        }
        // Attribute the failed attempt to the request that has waited longest, if any.
        ScheduledRequest request = nextWaiting();
        if (request != null) {
            lost(request, LossCause.CONNECT, String.valueOf(future.cause()), null);
        }
        loop.schedule(this::openConnections, RECONNECT_MILLIS, TimeUnit.MILLISECONDS);
    }

    private ScheduledRequest nextWaiting() {
        ScheduledRequest request = waiting.pollFirst();
        while (request != null && request.hasEnded()) {
            request = waiting.pollFirst();
        }
        return request;
    }

    /** Called when a connection can take the next request. */
    void idle(ClientConnection connection) {
        ScheduledRequest request = nextWaiting();
        if (request != null) {
            send(connection, request);
        } else {
            idle.addLast(connection);
        }
    }

    void closed(ClientConnection connection) {
        idle.remove(connection);
        if (open.remove(connection)) {
            openConnections();
        }
    }

    /** Called on a complete and correct response. A late one counts as lost, even if a stall of this event loop delayed it. */
    void responded(ScheduledRequest request, ClientConnection connection) {
        long nanos = System.nanoTime() - request.scheduledNanos;
        if (nanos >= plan.timeout().toNanos()) {
            lost(
                    request,
                    LossCause.TIMEOUT,
                    "complete after " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms",
                    connection);
        } else if (end(request)) {
            statistics.recordOk(nanos);
        }
    }

    void lost(ScheduledRequest request, LossCause cause, String detail, ClientConnection connection) {
        if (!end(request)) {
            return;
        }
        if (statistics.recordLoss(cause) < MAX_REPORTED_LOSSES) {
            output.accept(new LoadReport.Loss(
                    target.name(),
                    Instant.now(),
                    request.id,
                    cause,
                    detail,
                    (lastEndNanos - request.scheduledNanos) / 1e6,
                    connection == null ? null : connection.addresses(),
                    connection == null ? 0 : connection.responsesBefore()));
        }
    }

    private boolean end(ScheduledRequest request) {
        inFlight.remove(request);
        if (!request.end()) {
            return false;
        }
        lastEndNanos = System.nanoTime();
        return true;
    }

    private void abandonLate(long now) {
        while (!hasNoneOutstanding()
                && now - outstanding.peekFirst().scheduledNanos
                        >= plan.timeout().toNanos()) {
            ScheduledRequest late = outstanding.pollFirst();
            ClientConnection connection = inFlight.get(late);
            lost(late, LossCause.TIMEOUT, "not complete after " + plan.timeout().toMillis() + " ms", connection);
            if (connection != null) {
                connection.abandon(late);
            }
        }
    }

    private boolean hasNoneOutstanding() {
        while (!outstanding.isEmpty() && outstanding.peekFirst().hasEnded()) {
            outstanding.pollFirst();
        }
        return outstanding.isEmpty();
    }

    private void finish() {
        ended = true;
        Set.copyOf(open).forEach(ClientConnection::close);
        output.accept(statistics.summary((lastEndNanos - startNanos) / 1e9, connectionsOpened));
        onEnd.run();
    }

    /** Reports the last second, and closes a tenth of the surplus connections if they are idle. */
    void reportSecond() {
        if (!ended) {
            int toClose = (open.size() - plan.connections() + 9) / 10;
            for (int i = 0; i < toClose && !idle.isEmpty(); i++) {
                idle.pollFirst().close();
            }
            output.accept(statistics.takeSecond(Instant.now(), open.size()));
        }
    }
}

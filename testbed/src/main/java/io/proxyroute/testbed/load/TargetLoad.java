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
 * The load on one target: sends what is due, keeps the connections, and gives up what is late. Confined to the run's
 * event loop. Owns its connections and closes them when the last exchange is over.
 */
final class TargetLoad {

    private static final int LOSSES_TOLD = 100;
    private static final long RECONNECT_MILLIS = 100;
    private static final long SHORTEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Target target;
    private final LoadPlan plan;
    private final EventLoop loop;
    private final Bootstrap bootstrap;
    private final Supplier<InetSocketAddress> address;
    private final Consumer<LoadLine> output;
    private final Runnable whenOver;
    private final Tally tally;

    /** In the order of their use, so that every connection is used. */
    private final Deque<ClientConnection> idle = new ArrayDeque<>();

    private final Set<ClientConnection> open = new LinkedHashSet<>();
    private final Map<Exchange, ClientConnection> underWay = new HashMap<>();
    /** In the order of their scheduled times; those that are over are dropped when they reach the head. */
    private final Deque<Exchange> outstanding = new ArrayDeque<>();
    /** Due, and without a connection. */
    private final Deque<Exchange> waiting = new ArrayDeque<>();

    private int connecting;
    private long connectionsOpened;
    private long nextId;
    private long startNanos;
    private long lastEndNanos;
    private boolean stopped;
    private boolean over;

    TargetLoad(
            Target target,
            LoadPlan plan,
            EventLoop loop,
            Supplier<InetSocketAddress> address,
            Consumer<LoadLine> output,
            Runnable whenOver) {
        this.target = target;
        this.plan = plan;
        this.loop = loop;
        this.address = address;
        this.output = output;
        this.whenOver = whenOver;
        this.tally = new Tally(target.name(), plan.maxLag());
        this.bootstrap = new Bootstrap()
                .group(loop)
                .channel(EventLoops.clientChannel())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        plan.timeout().toMillis());
    }

    /** Opens the kept-alive connections and begins to send. */
    void start() {
        keepConnections();
        startNanos = System.nanoTime();
        lastEndNanos = startNanos;
        tick();
    }

    /** Sends no more; what is under way may end. */
    void stop() {
        stopped = true;
    }

    private void tick() {
        long now = System.nanoTime();
        giveUpLate(now);
        sendDue(now);
        if (stopped && outstandingIsEmpty()) {
            finish();
            return;
        }
        long wait = stopped ? TimeUnit.MILLISECONDS.toNanos(10) : scheduledNanos(nextId) - System.nanoTime();
        loop.schedule(this::tick, Math.max(SHORTEST_WAIT_NANOS, wait), TimeUnit.NANOSECONDS);
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
            Exchange exchange = new Exchange(nextId, scheduledNanos(nextId));
            nextId++;
            tally.sent(now - exchange.scheduledNanos);
            outstanding.addLast(exchange);
            dispatch(exchange);
        }
    }

    private void dispatch(Exchange exchange) {
        ClientConnection connection = idle.pollFirst();
        while (connection != null && !connection.isIdle()) {
            connection = idle.pollFirst();
        }
        if (connection != null) {
            send(connection, exchange);
        } else {
            waiting.addLast(exchange);
            if (connecting < waiting.size() && open.size() + connecting < plan.maxConnections()) {
                connect();
            }
        }
    }

    private void send(ClientConnection connection, Exchange exchange) {
        underWay.put(exchange, connection);
        connection.send(exchange, target);
    }

    private void keepConnections() {
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
        // The attempt belonged to the request that has waited longest, if one waits.
        Exchange exchange = nextWaiting();
        if (exchange != null) {
            lost(exchange, LossCause.CONNECT, String.valueOf(future.cause()), null);
        }
        loop.schedule(this::keepConnections, RECONNECT_MILLIS, TimeUnit.MILLISECONDS);
    }

    private Exchange nextWaiting() {
        Exchange exchange = waiting.pollFirst();
        while (exchange != null && exchange.isOver()) {
            exchange = waiting.pollFirst();
        }
        return exchange;
    }

    /** A connection is free for the next request. */
    void idle(ClientConnection connection) {
        Exchange exchange = nextWaiting();
        if (exchange != null) {
            send(connection, exchange);
        } else {
            idle.addLast(connection);
        }
    }

    void closed(ClientConnection connection) {
        idle.remove(connection);
        if (open.remove(connection)) {
            keepConnections();
        }
    }

    /** A complete and correct answer; too late is lost, also when this event loop was held up and looks only now. */
    void answered(Exchange exchange, ClientConnection connection) {
        long nanos = System.nanoTime() - exchange.scheduledNanos;
        if (nanos >= plan.timeout().toNanos()) {
            lost(
                    exchange,
                    LossCause.TIMEOUT,
                    "complete after " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms",
                    connection);
        } else if (over(exchange)) {
            tally.ok(nanos);
        }
    }

    void lost(Exchange exchange, LossCause cause, String detail, ClientConnection connection) {
        if (!over(exchange)) {
            return;
        }
        if (tally.failed(cause) < LOSSES_TOLD) {
            output.accept(new LoadLine.Loss(
                    target.name(),
                    Instant.now(),
                    exchange.id,
                    cause,
                    detail,
                    (lastEndNanos - exchange.scheduledNanos) / 1e6,
                    connection == null ? null : connection.addresses(),
                    connection == null ? 0 : connection.answeredBefore()));
        }
    }

    private boolean over(Exchange exchange) {
        underWay.remove(exchange);
        if (!exchange.end()) {
            return false;
        }
        lastEndNanos = System.nanoTime();
        return true;
    }

    private void giveUpLate(long now) {
        while (!outstandingIsEmpty()
                && now - outstanding.peekFirst().scheduledNanos
                        >= plan.timeout().toNanos()) {
            Exchange late = outstanding.pollFirst();
            ClientConnection connection = underWay.get(late);
            lost(late, LossCause.TIMEOUT, "not complete after " + plan.timeout().toMillis() + " ms", connection);
            if (connection != null) {
                connection.abandon(late);
            }
        }
    }

    private boolean outstandingIsEmpty() {
        while (!outstanding.isEmpty() && outstanding.peekFirst().isOver()) {
            outstanding.pollFirst();
        }
        return outstanding.isEmpty();
    }

    private void finish() {
        over = true;
        Set.copyOf(open).forEach(ClientConnection::close);
        output.accept(tally.summary((lastEndNanos - startNanos) / 1e9, connectionsOpened));
        whenOver.run();
    }

    /** Tells the last second, and lets a tenth of the connections go that are idle and more than kept alive. */
    void tellSecond() {
        if (!over) {
            int tooMany = (open.size() - plan.connections() + 9) / 10;
            for (int i = 0; i < tooMany && !idle.isEmpty(); i++) {
                idle.pollFirst().close();
            }
            output.accept(tally.second(Instant.now(), open.size()));
        }
    }
}

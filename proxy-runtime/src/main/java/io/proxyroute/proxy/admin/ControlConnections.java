package io.proxyroute.proxy.admin;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The open connections of a control server. At the maximum, a new connection replaces the one that has been idle longest;
 * connections without a request so far go first. Idle connections therefore cannot lock out the kubelet or the operator.
 * Thread-safe.
 */
final class ControlConnections {

    private static final Comparator<Map.Entry<Channel, ControlHandler>> EVICTION_ORDER = Comparator.comparing(
                    (Map.Entry<Channel, ControlHandler> entry) ->
                            entry.getValue().hasSentRequest())
            .thenComparing(entry -> -entry.getValue().idleNanos());

    private final int maxConnections;
    private final Map<Channel, ControlHandler> handlers = new ConcurrentHashMap<>();

    ControlConnections(int maxConnections) {
        this.maxConnections = maxConnections;
    }

    /** Adds a connection; closes it if all others are handling a request. */
    void add(Channel channel, ControlHandler handler) {
        if (handlers.size() >= maxConnections && !makeRoom()) {
            channel.close();
            return;
        }
        handlers.put(channel, handler);
        channel.closeFuture().addListener(closed -> handlers.remove(channel));
    }

    private boolean makeRoom() {
        Map.Entry<Channel, ControlHandler> evicted = handlers.entrySet().stream()
                .filter(entry -> !entry.getValue().busy())
                .min(EVICTION_ORDER)
                .orElse(null);
        if (evicted == null) {
            return false;
        }
        handlers.remove(evicted.getKey());
        evicted.getKey().close();
        return true;
    }

    /** Closes all connections and waits for it. */
    void close() {
        handlers.keySet().stream().map(Channel::close).toList().forEach(ChannelFuture::awaitUninterruptibly);
    }
}

package io.proxyroute.proxy.admin;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The open connections of a control server, up to a number. Whoever comes then is let in, and the one that has been silent
 * longest goes, first of those that have never asked for anything: idle connections must not lock out the kubelet or the
 * operator. Thread-safe.
 */
final class ControlConnections {

    private static final Comparator<Map.Entry<Channel, ControlHandler>> DISPENSABLE = Comparator.comparing(
                    (Map.Entry<Channel, ControlHandler> entry) ->
                            entry.getValue().hasAsked())
            .thenComparing(entry -> -entry.getValue().silentNanos());

    private final int most;
    private final Map<Channel, ControlHandler> handlers = new ConcurrentHashMap<>();

    ControlConnections(int most) {
        this.most = most;
    }

    /** Lets a connection in; where every other one is being answered, closes it. */
    void add(Channel channel, ControlHandler handler) {
        if (handlers.size() >= most && !makeRoom()) {
            channel.close();
            return;
        }
        handlers.put(channel, handler);
        channel.closeFuture().addListener(closed -> handlers.remove(channel));
    }

    private boolean makeRoom() {
        Map.Entry<Channel, ControlHandler> leaving = handlers.entrySet().stream()
                .filter(entry -> !entry.getValue().busy())
                .min(DISPENSABLE)
                .orElse(null);
        if (leaving == null) {
            return false;
        }
        handlers.remove(leaving.getKey());
        leaving.getKey().close();
        return true;
    }

    /** Closes all. */
    void close() {
        handlers.keySet().stream().map(Channel::close).toList().forEach(ChannelFuture::awaitUninterruptibly);
    }
}

package io.proxyroute.proxy.pool;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;

/**
 * Moves an idle link to another event loop: its channel is deregistered on one and registered on the other. In between
 * the channel reports nothing, not even that it was closed.
 */
final class LinkMove {

    private LinkMove() {}

    /** Receives the outcome: exactly one call. */
    interface Listener {

        /** The link is registered. Called on its new event loop, before anything is read there. */
        void arrived();

        /**
         * The link was closed during the move, or cannot be registered; it must not be used. Called on either event
         * loop.
         */
        void failed();
    }

    /**
     * Starts a move. Called on the event loop of the link, which is out of all lists and has no timer armed.
     *
     * @param target another event loop
     */
    static void start(Link link, EventLoop target, Listener listener) {
        Channel channel = link.channel();
        channel.deregister().addListener(deregistered -> {
            if (deregistered.isSuccess() && channel.isOpen()) {
                register(channel, target, listener);
            } else {
                listener.failed();
            }
        });
    }

    private static void register(Channel channel, EventLoop target, Listener listener) {
        ChannelFuture registering;
        try {
            registering = target.register(channel);
        } catch (RuntimeException e) {
            listener.failed();
            return;
        }
        registering.addListener(registered -> {
            if (registered.isSuccess()) {
                listener.arrived();
            } else {
                listener.failed();
            }
        });
    }
}

package io.proxyroute.proxy.stream;

import java.net.InetSocketAddress;

/**
 * The other end of a client connection; one object for each connection.
 *
 * @param address address as the socket reports it; null if the socket no longer has one
 * @param host the address as text, without the port
 */
public record Peer(InetSocketAddress address, String host) {

    /** The peer at an address. */
    public static Peer at(InetSocketAddress address) {
        return new Peer(
                address, address == null ? "unknown" : address.getAddress().getHostAddress());
    }
}

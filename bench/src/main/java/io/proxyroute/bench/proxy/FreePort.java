package io.proxyroute.bench.proxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** A TCP port that nothing listens on now. */
final class FreePort {

    private FreePort() {}

    static int next() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}

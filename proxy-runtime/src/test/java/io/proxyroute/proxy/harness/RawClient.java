package io.proxyroute.proxy.harness;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that sends bytes unchanged. A read fails after 10 s. */
public final class RawClient implements AutoCloseable {

    private final Socket socket;
    private final InputStream in;

    /** Connects to a port of this machine. */
    public RawClient(int port) {
        this(port, 0);
    }

    /** Connects with a receive buffer of about this size in bytes; 0 means the system's default. */
    public RawClient(int port, int receiveBytes) {
        try {
            socket = new Socket();
            if (receiveBytes > 0) {
                socket.setReceiveBufferSize(receiveBytes);
            }
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(10_000);
            in = new BufferedInputStream(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends text as Latin-1. */
    public RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends bytes. */
    public RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** Sends a GET request whose only header is Host. */
    public RawClient get(String target) throws IOException {
        return send("GET " + target + " HTTP/1.1\r\nHost: example.com\r\n\r\n");
    }

    /** Reads a final response; skips interim ones. */
    public RawHttp.Message response() throws IOException {
        return RawHttp.response(in, false);
    }

    /** Reads the final response to a HEAD request. */
    public RawHttp.Message responseToHead() throws IOException {
        return RawHttp.response(in, true);
    }

    /** Waits for the end of the connection; false if it is a reset, or if data arrives instead. */
    public boolean isClosedCleanly() {
        try {
            return in.read() < 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** What the proxy sends, after what was read already. */
    public InputStream in() {
        return in;
    }

    /** The socket. */
    public Socket socket() {
        return socket;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** Closes with a reset. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }
}

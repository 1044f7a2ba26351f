package io.proxyroute.proxy;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** An HTTP client with one connection at a time. Reconnects after a response with {@code Connection: close}; never retries. */
final class KeepAliveClient implements AutoCloseable {

    private final int port;
    private Socket socket;
    private InputStream in;
    private boolean closeRequested;

    KeepAliveClient(int port) {
        this.port = port;
    }

    /** Whether the last response had {@code Connection: close}. */
    boolean closeRequested() {
        return closeRequested;
    }

    /** Sends a request and returns the response's status line and body. */
    String get(String path) throws IOException {
        if (socket == null) {
            socket = new Socket("127.0.0.1", port);
            socket.setSoTimeout(10_000);
            in = new BufferedInputStream(socket.getInputStream());
        }
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: example.com\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        String head = head();
        int length = head.lines()
                .filter(line -> line.startsWith("content-length:"))
                .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
                .findFirst()
                .orElse(0);
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("the response is truncated");
        }
        closeRequested = head.lines().anyMatch(line -> line.equals("connection: close"));
        if (closeRequested) {
            close();
        }
        return head.lines().findFirst().orElseThrow() + " " + new String(body, StandardCharsets.UTF_8);
    }

    private String head() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the connection was closed after " + head);
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() throws IOException {
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }
}

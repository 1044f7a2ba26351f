package io.proxyroute.proxy.lifecycle;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Sends the warm-up's requests in turn over one plain socket, without a client library that would be loaded with it. Blocks. */
final class WarmUpClient implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 2000;
    private static final String UPLOAD = "w".repeat(4096);

    private record Request(byte[] bytes, int status) {

        Request(String text, int status) {
            this(text.getBytes(StandardCharsets.US_ASCII), status);
        }
    }

    /** The last one gets an error response of the proxy, whose code must be loaded before the process is in trouble. */
    private static final Request[] REQUESTS = {
        new Request("GET /small?a=1 HTTP/1.1\r\nHost: warm-up\r\nAccept: */*\r\n\r\n", 200),
        new Request("GET /large HTTP/1.1\r\nHost: warm-up\r\nUser-Agent: warm-up\r\n\r\n", 200),
        new Request(
                "POST /upload HTTP/1.1\r\nHost: warm-up\r\nContent-Length: " + UPLOAD.length() + "\r\n\r\n" + UPLOAD,
                200),
        new Request(
                "POST /upload HTTP/1.1\r\nHost: warm-up\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n" + UPLOAD
                        + "\r\n0\r\n\r\n",
                200),
        new Request("GET /none HTTP/1.1\r\nHost: warm-up\r\n\r\n", 404),
    };

    private final Socket socket = new Socket();
    private final OutputStream out;
    private final InputStream in;

    WarmUpClient(String host, int port) throws IOException {
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(host, port), TIMEOUT_MILLIS);
        out = socket.getOutputStream();
        in = new BufferedInputStream(socket.getInputStream(), 1 << 15);
    }

    /** Sends the n-th request and reads its response, which must have the expected status. */
    void exchange(int n) throws IOException {
        Request request = REQUESTS[n % REQUESTS.length];
        out.write(request.bytes());
        out.flush();
        String head = head();
        if (!head.startsWith("HTTP/1.1 " + request.status())) {
            throw new IOException("expected " + request.status() + ", got "
                    + head.lines().findFirst().orElse("empty"));
        }
        int length = head.lines()
                .filter(line -> line.regionMatches(true, 0, "content-length:", 0, 15))
                .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
                .findFirst()
                .orElse(0);
        in.skipNBytes(length);
    }

    private String head() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream(512);
        int lineEnds = 0;
        while (lineEnds < 2) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("connection closed by the proxy");
            }
            head.write(next);
            lineEnds = next == '\n' ? lineEnds + 1 : next == '\r' ? lineEnds : 0;
        }
        return head.toString(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

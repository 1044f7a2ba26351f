package io.proxyroute.proxy.harness;

import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A backend whose behavior is defined by the test. Serves each connection on a virtual thread. */
public final class RawBackend implements AutoCloseable {

    private final ServerSocket server;
    private final Script script;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    /** The requests that {@link Peer#request()} and {@link Peer#head()} have read, in order. */
    public final List<RawHttp.Message> requests = new CopyOnWriteArrayList<>();

    /** Serves one connection, which is closed when this returns. */
    @FunctionalInterface
    public interface Script {
        void serve(Peer peer) throws Exception;
    }

    /** Returns the response to one request, as it goes on the wire. */
    @FunctionalInterface
    public interface Responder {
        String respond(RawHttp.Message request) throws Exception;
    }

    private RawBackend(int port, Script script) {
        this.script = script;
        try {
            server = new ServerSocket(port, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** A backend that runs a script for each connection. */
    public static RawBackend scripted(Script script) {
        return new RawBackend(0, script);
    }

    /** A backend that responds to every request and keeps its connections open. */
    public static RawBackend responding(Responder responder) {
        return responding(0, responder);
    }

    private static RawBackend responding(int port, Responder responder) {
        return new RawBackend(port, peer -> {
            for (RawHttp.Message request = peer.request(); request != null; request = peer.request()) {
                peer.send(responder.respond(request));
            }
        });
    }

    /** A backend that responds to every request with status 200 and this body. */
    public static RawBackend respondingWith(String body) {
        return respondingWith(0, body);
    }

    /** The same on this port; 0 for any free port. */
    public static RawBackend respondingWith(int port, String body) {
        return responding(port, request -> ok(body));
    }

    /** A complete response with status 200. */
    public static String ok(String body) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                accepted.incrementAndGet();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // The backend was closed.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            script.serve(new Peer(socket));
        } catch (Exception e) {
            // The proxy or the test closed the connection.
        } finally {
            open.remove(socket);
        }
    }

    /** The backend's end of one connection. */
    public final class Peer {

        private final Socket socket;
        private final InputStream in;

        Peer(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new BufferedInputStream(socket.getInputStream());
        }

        /** Reads a request with its body; null if the proxy has closed the connection. */
        public RawHttp.Message request() throws IOException {
            RawHttp.Message request = RawHttp.request(in);
            if (request != null) {
                requests.add(request);
            }
            return request;
        }

        /** Reads the head of a request; null if the proxy has closed the connection. */
        public RawHttp.Message head() throws IOException {
            RawHttp.Message head = RawHttp.head(in);
            if (head != null) {
                requests.add(head);
            }
            return head;
        }

        /** Sends text as Latin-1. */
        public Peer send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return this;
        }

        /** What the proxy sends, after what was read already. */
        public InputStream in() {
            return in;
        }

        /** The socket. */
        public Socket socket() {
            return socket;
        }

        /** Closes with a reset. */
        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }

    /** The port that it listens on. */
    public int port() {
        return server.getLocalPort();
    }

    /** Its address as an endpoint. */
    public Endpoint endpoint() {
        return new Endpoint("127.0.0.1", port());
    }

    /** Number of connections accepted so far. */
    public int accepted() {
        return accepted.get();
    }

    /** Number of open connections. */
    public int open() {
        return open.size();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

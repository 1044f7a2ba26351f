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

/** A backend whose behaviour each test writes down, with a virtual thread for each connection. */
public final class RawBackend implements AutoCloseable {

    private final ServerSocket server;
    private final Script script;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    /** Heads and bodies of all requests that {@link Peer#request()} has read. */
    public final List<Http.Message> requests = new CopyOnWriteArrayList<>();

    /** What is done with a connection; it is closed when this returns. */
    @FunctionalInterface
    public interface Script {
        void serve(Peer peer) throws Exception;
    }

    /** What is answered to one request. */
    @FunctionalInterface
    public interface Answerer {
        String answer(Http.Message request) throws Exception;
    }

    private RawBackend(Script script) {
        this.script = script;
        try {
            server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** A backend that does as it is told with each connection. */
    public static RawBackend scripted(Script script) {
        return new RawBackend(script);
    }

    /** A backend that answers every request of a connection, kept alive. */
    public static RawBackend answering(Answerer answerer) {
        return new RawBackend(peer -> {
            for (Http.Message request = peer.request(); request != null; request = peer.request()) {
                peer.send(answerer.answer(request));
            }
        });
    }

    /** A backend that answers everything with 200 and this body. */
    public static RawBackend saying(String body) {
        return answering(request -> ok(body));
    }

    /** A whole answer with 200. */
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
            // closed
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            script.serve(new Peer(socket));
        } catch (Exception e) {
            // The other side went away, or the test closed the backend.
        } finally {
            open.remove(socket);
        }
    }

    /** The other end of one connection. */
    public final class Peer {

        private final Socket socket;
        private final InputStream in;

        Peer(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new BufferedInputStream(socket.getInputStream());
        }

        /** Reads a request with its body; null when the proxy has closed. */
        public Http.Message request() throws IOException {
            Http.Message request = Http.request(in);
            if (request != null) {
                requests.add(request);
            }
            return request;
        }

        /** Reads a request's head only. */
        public Http.Message head() throws IOException {
            Http.Message head = Http.head(in);
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

        /** The stream of what comes. */
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

    /** Where it listens. */
    public int port() {
        return server.getLocalPort();
    }

    /** Where it listens, as an endpoint. */
    public Endpoint endpoint() {
        return new Endpoint("127.0.0.1", port());
    }

    /** How many connections it has accepted. */
    public int accepted() {
        return accepted.get();
    }

    /** How many connections are open. */
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

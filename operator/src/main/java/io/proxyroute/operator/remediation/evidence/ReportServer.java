package io.proxyroute.operator.remediation.evidence;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * Serves reports, read-only: {@code /reports/} and {@code /} list them, {@code /reports/NAME.html} is one of them. Listens on the
 * loopback address only, because reports contain diagnostics of all routes; {@code kubectl port-forward} reaches it.
 */
public final class ReportServer implements AutoCloseable {

    private static final String ROOT = "/reports/";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ReportStore store;

    public ReportServer(int port, ReportStore store) throws IOException {
        this.store = store;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(threads);
        server.createContext("/", this::respond);
        server.start();
    }

    /** The port that it listens on. */
    int port() {
        return server.getAddress().getPort();
    }

    private void respond(HttpExchange exchange) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            if (!method.equals("GET") && !method.equals("HEAD")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                exchange.sendResponseHeaders(405, -1);
                return;
            }
            if (exchange.getRequestURI().getPath().equals("/")) {
                exchange.getResponseHeaders().set("Location", ROOT);
                exchange.sendResponseHeaders(302, -1);
                return;
            }
            Optional<byte[]> page = page(exchange.getRequestURI().getPath());
            if (page.isEmpty()) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            Headers headers = exchange.getResponseHeaders();
            headers.set("Content-Type", "text/html; charset=utf-8");
            headers.set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
            headers.set("X-Content-Type-Options", "nosniff");
            headers.set("Cache-Control", "no-store");
            if (method.equals("HEAD")) {
                exchange.sendResponseHeaders(200, -1);
            } else {
                exchange.sendResponseHeaders(200, page.get().length);
                exchange.getResponseBody().write(page.get());
            }
        }
    }

    private Optional<byte[]> page(String path) throws IOException {
        if (path.equals(ROOT)) {
            String list = store.names().stream()
                    .map(name -> "<li><a href=\"%s.html\">%s</a></li>".formatted(name, name))
                    .collect(Collectors.joining("\n"));
            return Optional.of(
                    ("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Reports</title><style>"
                                    + ReportPage.STYLE + "</style></head><body><h1>Reports</h1><ul>"
                                    + (list.isEmpty() ? "<li>There are no reports yet.</li>" : list)
                                    + "</ul></body></html>\n")
                            .getBytes(StandardCharsets.UTF_8));
        }
        if (!path.startsWith(ROOT) || !path.endsWith(".html")) {
            return Optional.empty();
        }
        return store.report(path.substring(ROOT.length(), path.length() - ".html".length()));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}

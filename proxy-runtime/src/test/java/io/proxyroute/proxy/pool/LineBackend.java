package io.proxyroute.proxy.pool;

import io.proxyroute.proxy.harness.RawBackend;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicInteger;

/** Backends that respond to each line with a line. */
final class LineBackend {

    private LineBackend() {}

    /** Responds to every line with this one. */
    static RawBackend respondingWith(String line) {
        return counting(line, new AtomicInteger());
    }

    /** Responds to every line with this one, and counts the requests. */
    static RawBackend counting(String line, AtomicInteger requests) {
        return RawBackend.scripted(peer -> {
            while (readLine(peer.in()) != null) {
                requests.incrementAndGet();
                peer.send(line + "\n");
            }
        });
    }

    /** A line, or null when the pool has closed. */
    static String readLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                return null;
            }
            line.append((char) b);
        }
        return line.toString();
    }
}

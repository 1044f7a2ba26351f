package io.proxyroute.bench;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** Closes registered resources in reverse order. */
final class ResourceStack implements AutoCloseable {

    private final Deque<AutoCloseable> owned = new ArrayDeque<>();

    <T extends AutoCloseable> T register(T resource) {
        owned.push(resource);
        return resource;
    }

    @Override
    public void close() throws IOException {
        while (!owned.isEmpty()) {
            try {
                owned.pop().close();
            } catch (IOException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
    }
}

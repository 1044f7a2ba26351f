package io.proxyroute.proxy.filter;

import io.proxyroute.filter.FilterContext;
import io.proxyroute.filter.FilterResult;
import io.proxyroute.filter.ProxyFilter;
import java.util.Map;

/** A filter that counts its lifecycle calls in system properties, which all class loaders share. */
public final class Probed implements ProxyFilter {

    private String id;

    @Override
    public void configure(Map<String, String> config) {
        id = config.getOrDefault("id", "probed");
        if (config.containsKey("reject")) {
            throw new IllegalArgumentException(config.get("reject"));
        }
        if (config.containsKey("stubborn")) {
            hangUntilReleased();
        }
        if (config.containsKey("hang")) {
            try {
                new java.util.concurrent.CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        note("configured");
    }

    @Override
    public FilterResult handle(FilterContext context) {
        note("called");
        return FilterResult.NEXT;
    }

    @Override
    public void close() {
        note("closed");
    }

    private void hangUntilReleased() {
        note("hanging");
        while (count(id, "released") == 0) {
            try {
                new java.util.concurrent.CountDownLatch(1).await(10, java.util.concurrent.TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                // Ignored on purpose.
            }
        }
    }

    /** Lets a {@code configure} that ignores interrupts return. */
    public static void release(String id) {
        System.setProperty(key(id, "released"), "1");
    }

    private void note(String event) {
        String key = key(id, event);
        synchronized (System.getProperties()) {
            System.setProperty(key, Integer.toString(Integer.getInteger(key, 0) + 1));
        }
    }

    /** How often an event happened to the filter with this id. */
    public static int count(String id, String event) {
        return Integer.getInteger(key(id, event), 0);
    }

    private static String key(String id, String event) {
        return "probed." + id + "." + event;
    }
}

package io.proxyroute.proxy.lifecycle;

import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.EndpointsDocument;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks before readiness which backends are reachable. A backend that is down does not delay readiness: it may recover,
 * and other rules still work. Blocks for a bounded time.
 */
public final class BackendCheck {

    private static final Logger LOG = LoggerFactory.getLogger(BackendCheck.class);

    private static final int THREADS = 8;
    private static final int MAX_TARGETS = 64;

    /** Bounds the check as a whole; name resolution has no timeout of its own. */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private BackendCheck() {}

    /**
     * Opens and closes a connection to each endpoint, up to {@value #MAX_TARGETS}.
     *
     * @param endpoints null if there are none
     * @return the number of reachable addresses
     */
    public static int run(ConfigDocument document, EndpointsDocument endpoints) throws InterruptedException {
        List<InetSocketAddress> targets = targets(document, endpoints);
        Duration timeout = document.connectionPool().connectTimeout();
        int millis =
                timeout.isZero() ? (int) TIMEOUT.toMillis() : (int) Math.min(timeout.toMillis(), TIMEOUT.toMillis());
        AtomicInteger reachable = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(targets.size());
        ExecutorService threads = Executors.newFixedThreadPool(
                THREADS, Thread.ofPlatform().name("backend-check-", 0).daemon().factory());
        for (InetSocketAddress target : targets) {
            threads.execute(() -> {
                try (Socket socket = new Socket()) {
                    socket.connect(
                            new InetSocketAddress(InetAddress.getByName(target.getHostString()), target.getPort()),
                            millis);
                    reachable.incrementAndGet();
                } catch (IOException e) {
                    LOG.warn("Cannot connect to backend {}: {}", target, e.getMessage());
                } finally {
                    done.countDown();
                }
            });
        }
        boolean all = done.await(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        threads.shutdownNow();
        if (!all) {
            LOG.warn("{} backend addresses did not accept a connection within {}.", done.getCount(), TIMEOUT);
        }
        LOG.info("{} of {} backend addresses are reachable.", reachable, targets.size());
        return reachable.get();
    }

    private static List<InetSocketAddress> targets(ConfigDocument document, EndpointsDocument endpoints) {
        Set<InetSocketAddress> targets = new LinkedHashSet<>();
        for (Backend backend : document.backends()) {
            List<EndpointsDocument.Endpoint> listed =
                    endpoints == null ? null : endpoints.backends().get(backend.id());
            if (listed == null) {
                targets.add(InetSocketAddress.createUnresolved(backend.host(), backend.port()));
            } else {
                listed.forEach(e -> targets.add(InetSocketAddress.createUnresolved(e.address(), e.port())));
            }
        }
        return targets.stream().limit(MAX_TARGETS).toList();
    }
}

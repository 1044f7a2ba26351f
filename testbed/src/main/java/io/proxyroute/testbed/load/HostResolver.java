package io.proxyroute.testbed.load;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;

/** Resolves a target's host, and again every few seconds on a virtual thread. Thread-safe. */
final class HostResolver implements AutoCloseable {

    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final Target target;
    private final Thread refresher;
    private volatile InetSocketAddress address;

    private HostResolver(Target target) throws UnknownHostException {
        this.target = target;
        this.address = resolve();
        this.refresher = Thread.ofVirtual().name("resolve " + target.name()).start(this::refresh);
    }

    static HostResolver start(Target target) throws UnknownHostException {
        return new HostResolver(target);
    }

    InetSocketAddress address() {
        return address;
    }

    private InetSocketAddress resolve() throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByName(target.uri().getHost()), target.port());
    }

    private void refresh() {
        while (!Thread.interrupted()) {
            try {
                Thread.sleep(INTERVAL);
                address = resolve();
            } catch (UnknownHostException e) {
                System.err.println("cannot resolve " + target.uri().getHost() + "; keeping its last address");
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    @Override
    public void close() {
        refresher.interrupt();
    }
}

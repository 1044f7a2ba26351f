package io.proxyroute.testbed.load;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;

/** The address of a target's host, looked up again every few seconds on a thread of its own. Thread-safe. */
final class Resolution implements AutoCloseable {

    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final Target target;
    private final Thread refresher;
    private volatile InetSocketAddress address;

    private Resolution(Target target) throws UnknownHostException {
        this.target = target;
        this.address = look();
        this.refresher = Thread.ofVirtual().name("resolve " + target.name()).start(this::refresh);
    }

    static Resolution of(Target target) throws UnknownHostException {
        return new Resolution(target);
    }

    InetSocketAddress address() {
        return address;
    }

    private InetSocketAddress look() throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByName(target.uri().getHost()), target.port());
    }

    private void refresh() {
        while (!Thread.interrupted()) {
            try {
                Thread.sleep(INTERVAL);
                address = look();
            } catch (UnknownHostException e) {
                System.err.println(target.uri().getHost() + " has no address just now; the last one stays");
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

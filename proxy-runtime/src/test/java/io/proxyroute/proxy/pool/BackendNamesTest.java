package io.proxyroute.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.config.ConnectionPool;
import io.proxyroute.proxy.harness.NoLeaks;
import io.proxyroute.proxy.loop.EventLoops;
import io.proxyroute.proxy.loop.Transport;
import io.proxyroute.proxy.stream.EndCause;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Backends that are given by name: a real DNS server, and servers on several loopback addresses. */
@ExtendWith(NoLeaks.class)
class BackendNamesTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final EventLoops loops = new EventLoops(Transport.available(), 1);
    private final LineLinks links = new LineLinks();
    private final List<ServerSocket> servers = new ArrayList<>();
    private DnsServer dns;
    private BackendPools pools;
    private int port;

    @BeforeEach
    void start() throws IOException {
        dns = new DnsServer("127.0.0.1", "127.0.0.2", "127.0.0.3");
        pools = pools(DeniedAddresses.NONE);
        while (servers.isEmpty()) {
            serveOnOnePort("127.0.0.1", "127.0.0.2", "127.0.0.3");
        }
        port = servers.getFirst().getLocalPort();
    }

    private BackendPools pools(DeniedAddresses denied) {
        return new BackendPools(
                loops,
                links,
                Integer.MAX_VALUE,
                denied,
                new DnsNameResolverBuilder()
                        .searchDomains(List.of())
                        .nameServerProvider(new SingletonDnsServerAddressStreamProvider(dns.address())));
    }

    /** Binds one free port on all addresses, or nothing if it is in use on one of them. */
    private void serveOnOnePort(String... addresses) throws IOException {
        int common = 0;
        for (String address : addresses) {
            try {
                servers.add(new ServerSocket(common, 100, InetAddress.ofLiteral(address)));
            } catch (BindException e) {
                stopServers();
                return;
            }
            common = servers.getFirst().getLocalPort();
        }
    }

    private void stopServers() throws IOException {
        for (ServerSocket server : servers) {
            server.close();
        }
        servers.clear();
    }

    @AfterEach
    void stop() throws IOException {
        pools.close();
        loops.close();
        dns.close();
        stopServers();
    }

    private void configure() {
        pools.configure(ConnectionPool.DEFAULT, List.of(new Backend("b", "backend.test", port, false)));
    }

    private void awaitEndpoints(int count) {
        await().atMost(SOON)
                .until(() -> pools.usage().getFirst().endpoints() == count
                        && dns.queries() > 0
                        && !acquireAll(1).containsKey("backend.test"));
    }

    /** Acquires leases one after the other; how many each address has served. */
    private Map<String, Integer> acquireAll(int count) {
        Map<String, Integer> leaseGranted = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            CompletableFuture<String> outcome = new CompletableFuture<>();
            loops.all().getFirst().execute(() -> pools.backend("b")
                    .acquire(
                            loops.all().getFirst(),
                            Long.MAX_VALUE,
                            new AcquireOptions(true, null, false, false),
                            new AcquireListener() {
                                @Override
                                public void acquired(Lease lease) {
                                    outcome.complete(lease.endpoint().address());
                                    lease.close();
                                }

                                @Override
                                public void failed(EndCause why) {
                                    outcome.complete(why.name());
                                }
                            }));
            leaseGranted.merge(outcome.orTimeout(20, TimeUnit.SECONDS).join(), 1, Integer::sum);
        }
        return leaseGranted;
    }

    @Test
    void deniedAddressesOfNameAreNotUsed() {
        pools.close();
        pools = pools(DeniedAddresses.parse(List.of("127.0.0.2/31")));
        configure();

        await().atMost(SOON).until(() -> acquireAll(1).containsKey("127.0.0.1"));

        assertThat(acquireAll(6)).containsOnlyKeys("127.0.0.1");
    }

    @Test
    void nameWithDeniedAddressesOnlyIsNotConnectedTo() {
        pools.close();
        pools = pools(DeniedAddresses.parse(List.of("127.0.0.0/8")));
        configure();

        await().atMost(SOON).until(() -> dns.queries() > 0);

        assertThat(acquireAll(2)).containsOnlyKeys("DNS_FAILED");
    }

    @Test
    void deniedLiteralAddressIsNotConnectedTo() {
        pools.close();
        pools = pools(DeniedAddresses.parse(List.of("127.0.0.0/8", "::1/128")));

        for (String host : List.of("127.0.0.1", "::1", "::ffff:127.0.0.1")) {
            pools.configure(ConnectionPool.DEFAULT, List.of(new Backend("b", host, port, false)));
            assertThat(acquireAll(1)).as(host).containsOnlyKeys("NO_ENDPOINT");
        }
    }

    @Test
    void servicesMayHaveDeniedAddresses() {
        pools.close();
        pools = pools(DeniedAddresses.parse(List.of("127.0.0.0/8")));
        pools.configure(ConnectionPool.DEFAULT, List.of(new Backend("b", "backend.test", port, true)));

        assertThat(acquireAll(1)).doesNotContainKeys("DNS_FAILED", "NO_ENDPOINT");
    }

    @Test
    void balancesOverAllAddresses() {
        configure();
        awaitEndpoints(3);
        assertThat(acquireAll(30)).isEqualTo(Map.of("127.0.0.1", 10, "127.0.0.2", 10, "127.0.0.3", 10));
    }

    @Test
    void triesOtherAddressesIfFirstIsDead() throws IOException {
        servers.removeFirst().close();
        servers.removeLast().close();
        configure();
        awaitEndpoints(3);
        assertThat(acquireAll(12)).isEqualTo(Map.of("127.0.0.2", 12));
    }

    @Test
    void followsChangedRecordsAfterTheirTtl() {
        dns.addresses("127.0.0.1");
        configure();
        awaitEndpoints(1);
        dns.addresses("127.0.0.2");
        await().atMost(SOON).until(() -> acquireAll(2).equals(Map.of("127.0.0.2", 2)));
    }

    @Test
    void keepsLastKnownAddressesIfResolutionFails() {
        dns.addresses("127.0.0.1", "127.0.0.2");
        configure();
        awaitEndpoints(2);
        dns.fail();
        int before = dns.queries();
        await().atMost(SOON).until(() -> dns.queries() > before + 2);
        assertThat(acquireAll(4)).isEqualTo(Map.of("127.0.0.1", 2, "127.0.0.2", 2));
    }

    @Test
    void retriesOverTcpIfResponseIsTruncated() {
        dns.truncate();
        configure();
        awaitEndpoints(3);
        assertThat(acquireAll(3)).hasSize(3);
    }

    @Test
    void cachesRecordsForTheirTtl() {
        dns.addresses("127.0.0.1");
        dns.ttl(3600);
        configure();
        awaitEndpoints(1);
        int before = dns.queries();
        configure();
        configure();
        awaitEndpoints(1);
        assertThat(dns.queries()).isEqualTo(before);
    }
}

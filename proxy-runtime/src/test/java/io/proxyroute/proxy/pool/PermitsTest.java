package io.proxyroute.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.resolver.DefaultAddressResolverGroup;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.proxy.loop.EventLoops;
import io.proxyroute.proxy.loop.Transport;
import io.proxyroute.proxy.pool.Permits.Queued;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The order in which loops come to the monitor, where it decides. */
class PermitsTest {

    private final EventLoops loops = new EventLoops(Transport.available(), 1);
    private final Permits permits = new Permits(PoolSettings.of(Pools.of(1, 1)));
    private final LoopPool loop = new LoopPool(loops, 0, permits, DefaultAddressResolverGroup.INSTANCE);
    private final EndpointPool endpoint = new EndpointPool(null, new Endpoint("127.0.0.1", 1), new LoopPool[] {loop});

    @AfterEach
    void stop() {
        loops.close();
    }

    private Waiter waiter() {
        return new Waiter(endpoint.shard(0), null, 0);
    }

    @Test
    void whatIsGivenBackBetweenTheRefusalAndTheWaitIsNotMissed() {
        assertThat(permits.tryTake(endpoint)).isTrue();
        assertThat(permits.tryTake(endpoint)).isFalse();

        permits.giveBack(endpoint); // on another loop; nobody waits yet

        assertThat(permits.enqueue(waiter())).isEqualTo(Queued.PERMITTED);
        assertThat(permits.open()).isEqualTo(1);
        assertThat(endpoint.waiting).isZero();
    }

    @Test
    void whoWaitsIsNotOvertaken() {
        assertThat(permits.tryTake(endpoint)).isTrue();
        assertThat(permits.enqueue(waiter())).isEqualTo(Queued.YES);

        assertThat(permits.tryTake(endpoint)).isFalse();
        assertThat(permits.enqueue(waiter())).isEqualTo(Queued.YES);
        assertThat(endpoint.waiting).isEqualTo(2);
    }
}

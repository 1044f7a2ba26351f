package io.proxyroute.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.DefaultAddressResolverGroup;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.proxy.loop.EventLoops;
import io.proxyroute.proxy.loop.Transport;
import io.proxyroute.proxy.pool.BackendQueue.EndpointSlot;
import io.proxyroute.proxy.stream.EndCause;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Links whose socket cannot be created. */
class LoopConnectorTest {

    private final EventLoops loops = new EventLoops(Transport.NIO, 1);

    @AfterEach
    void stop() {
        loops.close();
    }

    /** As when {@code socket()} fails because the process has no descriptor left. */
    public static final class OutOfDescriptorsChannel extends NioSocketChannel {
        public OutOfDescriptorsChannel() {
            throw new ChannelException("Too many open files");
        }
    }

    /** As when a class cannot be loaded for the same reason. */
    public static final class ClassLoadFailureChannel extends NioSocketChannel {
        public ClassLoadFailureChannel() {
            throw new NoClassDefFoundError("Too many open files");
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {OutOfDescriptorsChannel.class, ClassLoadFailureChannel.class})
    void releasesPermitWhenSocketCannotBeCreated(Class<? extends SocketChannel> type) {
        EventLoop loop = loops.all().getFirst();
        Capacity capacity = new Capacity(PoolSettings.of(Pools.of(1, 1)));
        PermitWatch permits = new PermitWatch(capacity::openLinks);
        LoopConnector connector = new LoopConnector(
                loop, type, DefaultAddressResolverGroup.INSTANCE, capacity, permits, (channel, owner) -> {
                    throw new AssertionError("there is no channel");
                });
        PoolLoop poolLoop = new PoolLoop(
                0,
                loop,
                loops.wheel(0),
                capacity,
                permits,
                connector,
                new IdleLinks(loop, capacity),
                new LeaseWatch(loops.wheel(0), capacity));
        EndpointSlot slot = new EndpointSlot(new BackendQueue(1), new Endpoint("127.0.0.1", 1));
        LoopLinks links = new EndpointLinks("b", slot, List.of(poolLoop), new LoopStats[] {new LoopStats()}).forLoop(0);

        for (int i = 0; i < 3; i++) {
            assertThat(capacity.tryAcquirePermit(slot)).isTrue();
            CompletableFuture<Link> failed = new CompletableFuture<>();
            loop.execute(() -> links.open(new LoopConnector.Listener() {
                @Override
                public void opened(Link link) {
                    failed.completeExceptionally(new AssertionError("opened"));
                }

                @Override
                public void failed(Link link, EndCause cause) {
                    failed.complete(link);
                }
            }));
            assertThat(failed.orTimeout(10, TimeUnit.SECONDS).join()).isNull();
            assertThat(capacity.openLinks()).isZero();
            assertThat(slot.open()).isZero();
        }
    }
}

package io.proxyroute.proxy.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClientConnectionsTest {

    private final ClientConnections connections = new ClientConnections();

    private static final class Connection extends ClientConnection {

        private boolean idle;
        private long held;

        @Override
        public long heldBytes() {
            return held;
        }

        @Override
        public boolean isIdle() {
            return idle;
        }

        @Override
        public long sinceNanos() {
            return 0;
        }

        @Override
        public void closeIfIdle() {}

        @Override
        public void shutDown(EndCause why) {}
    }

    private Connection opened(long nanos) {
        Connection connection = new Connection();
        connections.add(connection, nanos);
        return connection;
    }

    @Test
    void knowOldestWithoutCompletedRequest() {
        Connection first = opened(1);
        Connection second = opened(2);
        assertThat(connections.oldestUnserved()).isSameAs(first);
        connections.markServed(first);
        assertThat(connections.oldestUnserved()).isSameAs(second);
        connections.remove(second);
        assertThat(connections.oldestUnserved()).isNull();
        assertThat(connections.count()).isEqualTo(1);
    }

    @Test
    void knowIdleOnes() {
        Connection busy = opened(1);
        Connection idle = opened(2);
        idle.idle = true;
        assertThat(connections.oldIdle()).isNull();
        connections.markServed(busy);
        connections.markServed(idle);
        assertThat(connections.oldIdle()).isSameAs(idle);
    }

    @Test
    void findIdleOneBehindManyBusyOnes() {
        for (int i = 0; i < 150; i++) {
            connections.markServed(opened(i));
        }
        Connection idle = opened(200);
        idle.idle = true;
        connections.markServed(idle);
        assertThat(connections.oldIdle()).isNull();
        assertThat(connections.oldIdle()).isNull();
        assertThat(connections.oldIdle()).isSameAs(idle);
        assertThat(connections.count()).isEqualTo(151);
    }

    @Test
    void recordNothingAfterRemoval() {
        Connection connection = opened(1);
        assertThat(connections.setHeldBytes(connection, 5_000)).isEqualTo(5_000);
        assertThat(connections.remove(connection)).isEqualTo(-5_000);
        assertThat(connections.setHeldBytes(connection, 7_000)).isZero();
        assertThat(connections.remove(connection)).isZero();
        assertThat(connections.largest()).isNull();
    }

    @Test
    void findLargestWithinFactorOfTwo() {
        Random random = new Random(42);
        List<Connection> all = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            all.add(opened(i));
        }
        long total = 0;
        for (int i = 0; i < 20_000; i++) {
            Connection connection = all.get(random.nextInt(all.size()));
            connection.held = random.nextInt(4) == 0 ? 0 : random.nextLong(1L << random.nextInt(40));
            total += connections.setHeldBytes(connection, connection.held);
            if (random.nextInt(50) == 0) {
                all.remove(connection);
                total += connections.remove(connection);
                all.add(opened(i));
            }
            long largest = all.stream().mapToLong(c -> c.held).max().orElse(0);
            ClientConnection found = connections.largest();
            assertThat(total).isEqualTo(all.stream().mapToLong(c -> c.held).sum());
            if (largest < 1024) {
                assertThat(found).isNull();
            } else {
                assertThat(found.heldBytes()).isGreaterThan(Math.min(largest, 1L << 34) / 2);
            }
        }
    }
}

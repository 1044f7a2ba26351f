package io.proxyroute.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The choice among endpoints on one loop. */
class RotationTest {

    private static final class TestEndpoint implements Rotation.Candidate {

        private boolean idle;
        private boolean available = true;

        @Override
        public boolean hasIdle() {
            return idle;
        }

        @Override
        public boolean isAvailable() {
            return available;
        }
    }

    private static TestEndpoint[] endpoints(int count) {
        TestEndpoint[] all = new TestEndpoint[count];
        for (int i = 0; i < count; i++) {
            all[i] = new TestEndpoint();
        }
        return all;
    }

    @Test
    void eachRoundUsesEveryEndpointOnce() {
        Random random = new Random(1);
        TestEndpoint[] all = endpoints(40);
        Rotation<TestEndpoint> rotation = new Rotation<>(1, 3);
        for (int round = 0; round < 50; round++) {
            Set<TestEndpoint> used = new HashSet<>();
            for (int i = 0; i < all.length; i++) {
                for (TestEndpoint endpoint : all) {
                    endpoint.idle = random.nextInt(4) == 0;
                }
                used.add(rotation.next(all));
            }
            assertThat(used).hasSize(all.length);
        }
    }

    @Test
    void prefersEndpointWithIdleLink() {
        TestEndpoint[] all = endpoints(20);
        Rotation<TestEndpoint> rotation = new Rotation<>(0, 1);
        all[15].idle = true;
        all[17].idle = true;
        assertThat(rotation.next(all)).isSameAs(all[15]);
        all[15].idle = false;
        all[17].idle = false;
        all[19].idle = true;
        assertThat(rotation.next(all)).as("too far ahead").isSameAs(all[1]);
    }

    @Test
    void loopsStartAtDifferentEndpoints() {
        TestEndpoint[] all = endpoints(8);
        Map<TestEndpoint, Integer> first = new HashMap<>();
        for (int loop = 0; loop < 4; loop++) {
            first.merge(new Rotation<TestEndpoint>(loop, 4).next(all), 1, Integer::sum);
        }
        assertThat(first.keySet()).containsExactlyInAnyOrder(all[0], all[2], all[4], all[6]);
    }

    @Test
    void unavailableEndpointsLoseTheirTurn() {
        TestEndpoint[] all = endpoints(4);
        Rotation<TestEndpoint> rotation = new Rotation<>(0, 1);
        all[0].available = false;
        all[2].available = false;
        Map<TestEndpoint, Integer> used = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            used.merge(rotation.next(all), 1, Integer::sum);
        }
        assertThat(used).isEqualTo(Map.of(all[1], 50, all[3], 50));
    }

    @Test
    void usesAllEndpointsIfNoneIsAvailable() {
        TestEndpoint[] all = endpoints(3);
        Rotation<TestEndpoint> rotation = new Rotation<>(0, 1);
        for (TestEndpoint endpoint : all) {
            endpoint.available = false;
        }
        Set<TestEndpoint> used = new HashSet<>();
        for (int i = 0; i < 12; i++) {
            used.add(rotation.next(all));
        }
        assertThat(used).containsExactlyInAnyOrder(all);
    }

    @Test
    void newListStartsNewRound() {
        TestEndpoint[] all = endpoints(3);
        Rotation<TestEndpoint> rotation = new Rotation<>(0, 1);
        rotation.next(all);
        TestEndpoint[] more = {all[0], all[1], all[2], new TestEndpoint()};
        Set<TestEndpoint> used = new HashSet<>();
        for (int i = 0; i < more.length; i++) {
            used.add(rotation.next(more));
        }
        assertThat(used).containsExactlyInAnyOrder(more);
    }
}

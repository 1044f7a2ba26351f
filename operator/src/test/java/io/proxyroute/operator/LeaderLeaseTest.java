package io.proxyroute.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.proxyroute.operator.fixture.ObjectServer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Elections are the client library's own, set up as the framework does. */
class LeaderLeaseTest {

    private static final String PATH = "/apis/coordination.k8s.io/v1/namespaces/system/leases/proxyroute-operator";

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private ObjectServer api;

    @BeforeEach
    void start() throws Exception {
        api = new ObjectServer();
    }

    @AfterEach
    void stop() {
        executor.shutdownNow();
        api.close();
    }

    @Test
    void successorLeadsAtOnceAfterRelease() {
        elect("first").cancel(true);
        assertThat(holder()).isEqualTo("first");

        assertThat(new LeaderLease(api.client(), "system", "first").release()).isTrue();

        assertThat(holder()).isNull();
        CompletableFuture<?> second = elect("second");
        assertThat(api.get(PATH, Lease.class).orElseThrow().getSpec().getLeaseTransitions())
                .isEqualTo(1);
        second.cancel(true);
    }

    @Test
    void keepsLeaseOfAnotherHolder() {
        elect("first").cancel(true);
        int before = api.writes().size();

        assertThat(new LeaderLease(api.client(), "system", "second").release()).isFalse();

        assertThat(api.writes()).hasSize(before);
        assertThat(holder()).isEqualTo("first");
    }

    @Test
    void keepsLeaseTakenSinceItWasRead() {
        elect("first").cancel(true);
        api.refuse("PUT", PATH, 409);

        assertThat(new LeaderLease(api.client(), "system", "first").release()).isFalse();

        assertThat(api.writes().getLast().body().at("/metadata/resourceVersion").asText())
                .isEqualTo(
                        api.get(PATH, Lease.class).orElseThrow().getMetadata().getResourceVersion());
        assertThat(holder()).isEqualTo("first");
    }

    @Test
    void readsHolderFromApiServer() {
        assertThat(new LeaderLease(api.client(), "system", "first").isHeld()).isFalse();
        elect("first").cancel(true);

        assertThat(new LeaderLease(api.client(), "system", "first").isHeld()).isTrue();
        assertThat(new LeaderLease(api.client(), "system", "second").isHeld()).isFalse();
    }

    @Test
    void releaseWithoutLeaseDoesNothing() {
        assertThat(new LeaderLease(api.client(), "system", "first").release()).isFalse();
        assertThat(api.writes()).isEmpty();
    }

    private String holder() {
        return api.get(PATH, Lease.class).orElseThrow().getSpec().getHolderIdentity();
    }

    /** Returns once it leads; stopping it does not release the lease. */
    private CompletableFuture<?> elect(String identity) {
        CompletableFuture<Void> leading = new CompletableFuture<>();
        CompletableFuture<?> election = new LeaderElector(
                        api.client(),
                        new LeaderElectionConfig(
                                new LeaseLock("system", "proxyroute-operator", identity),
                                Duration.ofMinutes(10),
                                Duration.ofMinutes(9),
                                Duration.ofMillis(20),
                                new LeaderCallbacks(() -> leading.complete(null), () -> {}, _ -> {}),
                                false,
                                "proxyroute-operator"),
                        executor)
                .start();
        await().until(leading::isDone);
        return election;
    }
}

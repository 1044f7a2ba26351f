package io.proxyroute.operator.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.contract.admin.Applied;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.ConfigError;
import io.proxyroute.contract.config.ConfigReader;
import io.proxyroute.contract.config.ParseResult;
import io.proxyroute.contract.config.RouteRef;
import io.proxyroute.operator.dependents.ConfigStore;
import io.proxyroute.operator.fixture.ObjectServer;
import io.proxyroute.operator.observe.ObservedPod;
import io.proxyroute.operator.push.Acknowledgement;
import io.proxyroute.operator.status.Problem;
import io.proxyroute.operator.status.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ConfigRolloutTest {

    private static final String PATH = "/api/v1/namespaces/default/configmaps/shop-proxy-config";
    private static final Instant T = Instant.parse("2030-01-01T00:00:00Z");
    private static final ConfigDocument FIRST = document(8080);
    private static final ConfigDocument SECOND = document(8081);
    private static final ConfigDocument THIRD = document(8082);

    private final ProxyRoute route = new ProxyRoute();
    private ObjectServer api;
    private ConfigRollout rollout;
    private boolean leads = true;
    private Instant now = T;

    @BeforeEach
    void start() throws Exception {
        route.getMetadata().setNamespace("default");
        route.getMetadata().setName("shop");
        route.getMetadata().setUid("uid");
        api = new ObjectServer();
        rollout = newLeader();
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void publishesFirstDocumentAtOnce() {
        assertThat(step(FIRST, List.of(), Map.of())).contains(FIRST.withSequence(1));

        assertThat(published()).isEqualTo(FIRST.withSequence(1));
    }

    @Test
    void unchangedDocumentWritesNothing() {
        step(FIRST, List.of(), Map.of());
        int writes = api.writes().size();

        step(FIRST, List.of(pod("1")), Map.of("a", accepted(FIRST, 1)));

        assertThat(api.writes()).hasSize(writes);
    }

    @Nested
    class Candidate {

        @Test
        void triesNewDocumentBeforePublishing() {
            step(FIRST, List.of(), Map.of());

            assertThat(step(SECOND, List.of(pod("1")), Map.of("a", accepted(FIRST, 1))))
                    .contains(SECOND.withSequence(2));

            assertThat(published()).isEqualTo(FIRST.withSequence(1));
            assertThat(rollout.published()).contains(FIRST.withSequence(1));
            assertThat(store().read(route).sequence())
                    .as("sequence stored before the first push")
                    .isEqualTo(2);
        }

        @Test
        void publishesIfOneProxyAccepts() {
            step(FIRST, List.of(), Map.of());
            step(SECOND, List.of(pod("1")), Map.of());
            Map<String, Acknowledgement> mixed = Map.of("a", accepted(SECOND, 2), "b", refused(SECOND));

            assertThat(step(SECOND, List.of(pod("1")), mixed)).contains(SECOND.withSequence(2));

            assertThat(published()).isEqualTo(SECOND.withSequence(2));
            assertThat(rollout.problems(List.of(), mixed)).isEmpty();
        }

        @Test
        void ignoresAcknowledgementOfEarlierSequence() {
            step(FIRST, List.of(), Map.of());
            step(SECOND, List.of(pod("1")), Map.of());

            step(SECOND, List.of(pod("1")), Map.of("a", accepted(SECOND, 1)));

            assertThat(published()).isEqualTo(FIRST.withSequence(1));
        }

        @Test
        void publishesCandidateWithoutServingPods() {
            step(FIRST, List.of(), Map.of());
            step(SECOND, List.of(pod("1")), Map.of());

            step(SECOND, List.of(), Map.of());

            assertThat(published()).isEqualTo(SECOND.withSequence(2));
        }

        @Test
        void ignoresTerminatingPod() {
            step(FIRST, List.of(), Map.of());
            List<ObservedPod> pods = List.of(pod("1"), ending("2"));
            step(SECOND, pods, Map.of());

            step(SECOND, pods, Map.of("uid-2", refused(SECOND)));
            assertThat(rollout.served()).contains(SECOND.withSequence(2));
            assertThat(rollout.problems(pods, Map.of("uid-2", refused(SECOND)))).isEmpty();

            step(SECOND, pods, Map.of("uid-2", accepted(SECOND, 2)));
            assertThat(published()).isEqualTo(FIRST.withSequence(1));
        }
    }

    @Nested
    class Refusal {

        @Test
        void dropsRefusedDocument() {
            step(FIRST, List.of(), Map.of());
            step(SECOND, List.of(pod("1")), Map.of());

            assertThat(step(SECOND, List.of(pod("1")), Map.of("uid-1", refused(SECOND))))
                    .contains(FIRST.withSequence(1));

            assertThat(published()).isEqualTo(FIRST.withSequence(1));
            assertThat(rollout.problems(List.of(), Map.of()))
                    .containsExactly(new Problem(Reason.RejectedByProxy, "spec.rules[0].filters[0]", "no such class"));
            assertThat(step(SECOND, List.of(pod("1")), Map.of("a", accepted(FIRST, 1))))
                    .as("not tried again on the same pods")
                    .contains(FIRST.withSequence(1));
        }

        @Test
        void retriesRefusedDocumentOnNewRevision() {
            step(FIRST, List.of(), Map.of());
            step(SECOND, List.of(pod("1")), Map.of());
            step(SECOND, List.of(pod("1")), Map.of("uid-1", refused(SECOND)));

            assertThat(step(THIRD, List.of(pod("1")), Map.of("a", accepted(FIRST, 1))))
                    .contains(THIRD.withSequence(3));
            step(THIRD, List.of(pod("1")), Map.of("uid-1", refused(THIRD)));
            assertThat(step(THIRD, List.of(pod("1"), pod("2")), Map.of("a", accepted(FIRST, 1))))
                    .contains(THIRD.withSequence(4));
            assertThat(rollout.problems(List.of(), Map.of())).isEmpty();
        }

        @Test
        void retriesAfterPauseAndReportsErrorsMeanwhile() {
            step(FIRST, List.of(), Map.of());
            step(SECOND, List.of(pod("1")), Map.of());
            step(SECOND, List.of(pod("1")), Map.of("uid-1", refusedAt(2)));
            now = T.plusSeconds(9);
            assertThat(step(SECOND, List.of(pod("1")), Map.of())).contains(FIRST.withSequence(1));

            now = T.plusSeconds(10);
            assertThat(step(SECOND, List.of(pod("1")), Map.of("uid-1", refusedAt(2))))
                    .contains(SECOND.withSequence(3));
            assertThat(rollout.problems(List.of(), Map.of())).hasSize(1);
            assertThat(step(SECOND, List.of(pod("1")), Map.of("uid-1", refusedAt(2))))
                    .as("the earlier rejection does not count")
                    .contains(SECOND.withSequence(3));

            step(SECOND, List.of(pod("1")), Map.of("uid-1", refusedAt(3)));
            now = now.plusSeconds(19);
            assertThat(step(SECOND, List.of(pod("1")), Map.of()))
                    .as("the second pause is longer")
                    .contains(FIRST.withSequence(1));
            now = now.plusSeconds(1);
            step(SECOND, List.of(pod("1")), Map.of());
            step(SECOND, List.of(pod("1")), Map.of("uid-1", accepted(SECOND, 4)));

            assertThat(published()).isEqualTo(SECOND.withSequence(4));
            assertThat(rollout.problems(List.of(), Map.of())).isEmpty();
        }

        @Test
        void retriesAtOnceWhenUserChangesRoute() {
            step(FIRST, List.of(), Map.of());
            step(SECOND, List.of(pod("1")), Map.of());
            step(SECOND, List.of(pod("1")), Map.of("uid-1", refusedAt(2)));

            route.getMetadata().setGeneration(2L);

            assertThat(step(SECOND, List.of(pod("1")), Map.of())).contains(SECOND.withSequence(3));
        }

        private static Acknowledgement refusedAt(long sequence) {
            return new Acknowledgement.Rejected(
                    SECOND.hash(), sequence, List.of(new ConfigError("", "the port is in use")), null);
        }

        @Test
        void newImageDecidesOverRefusalOfOldPods() {
            List<ObservedPod> both = List.of(pod("1"), pod("2"));
            step(FIRST, List.of(), Map.of());
            step(SECOND, List.of(pod("1")), Map.of());
            step(SECOND, List.of(pod("1")), Map.of("uid-1", refused(SECOND)));
            step(SECOND, both, Map.of("uid-1", accepted(FIRST, 1)));

            assertThat(step(SECOND, both, Map.of("uid-1", refused(SECOND))))
                    .as("the new pod still thinks")
                    .contains(SECOND.withSequence(3));

            step(SECOND, both, Map.of("uid-1", refused(SECOND), "uid-2", accepted(SECOND, 3)));
            assertThat(published()).isEqualTo(SECOND.withSequence(3));
        }

        @Test
        void refusalCountsForItsRevisions() {
            step(FIRST, List.of(), Map.of());
            step(SECOND, List.of(pod("1")), Map.of());
            Map<String, Acknowledgement> refusal = Map.of("uid-1", refused(SECOND), "uid-2", refused(SECOND));
            step(SECOND, List.of(pod("1"), pod("2")), refusal);

            assertThat(step(SECOND, List.of(pod("1"), pod("2")), Map.of())).contains(FIRST.withSequence(1));
            assertThat(step(SECOND, List.of(pod("3")), Map.of())).contains(SECOND.withSequence(3));
        }

        @Test
        void refusedCandidateStaysUnpublishedWithoutReadyPods() {
            step(FIRST, List.of(), Map.of());
            step(SECOND, List.of(pod("1")), Map.of());

            assertThat(step(SECOND, List.of(), Map.of("uid-1", refused(SECOND))))
                    .contains(FIRST.withSequence(1));

            assertThat(published()).isEqualTo(FIRST.withSequence(1));
        }
    }

    @Nested
    class HostileProxy {

        @Test
        void writesAtFallingRateIfProxyIsAlwaysAhead() {
            step(FIRST, List.of(), Map.of());
            int writes = api.writes().size();

            for (int second = 0; second < 600; second++) {
                now = T.plusSeconds(second);
                step(
                        FIRST,
                        List.of(pod("1")),
                        Map.of("a", ahead(rollout.served().orElseThrow().sequence() + 1)));
            }

            assertThat(api.writes().size() - writes).isBetween(10, 20);
        }

        @Test
        void otherDocumentsAreRolledOutMeanwhile() {
            step(FIRST, List.of(), Map.of());
            step(FIRST, List.of(pod("1")), Map.of("a", ahead(7)));

            assertThat(step(SECOND, List.of(pod("1")), Map.of("a", ahead(20)))).contains(SECOND.withSequence(9));
        }

        @Test
        void doesNotBelieveProxyThatIsFarAhead() {
            step(FIRST, List.of(), Map.of());

            assertThat(step(FIRST, List.of(pod("1")), Map.of("a", ahead(Long.MAX_VALUE))))
                    .contains(FIRST.withSequence(1));
            assertThat(newLeader()
                            .step(
                                    route,
                                    Optional.of(FIRST),
                                    List.of(pod("1")),
                                    Map.of("a", ahead(Long.MAX_VALUE)),
                                    now))
                    .contains(FIRST.withSequence(2));
        }

        private static Acknowledgement ahead(long sequence) {
            return new Acknowledgement.Superseded(new Applied("other", sequence, 0));
        }
    }

    @Test
    void invalidSpecKeepsServedDocument() {
        step(FIRST, List.of(), Map.of());

        assertThat(rollout.step(route, Optional.empty(), List.of(pod("1")), Map.of(), now))
                .contains(FIRST.withSequence(1));
    }

    @Nested
    class Leadership {

        @Test
        void newLeaderClaimsHigherSequence() {
            step(FIRST, List.of(), Map.of());
            step(SECOND, List.of(pod("1")), Map.of());

            rollout = newLeader();

            assertThat(step(FIRST, List.of(pod("1")), Map.of())).contains(FIRST.withSequence(3));
            assertThat(published()).isEqualTo(FIRST.withSequence(3));
        }

        @Test
        void onlyOneOfTwoLeadersContinues() {
            step(FIRST, List.of(), Map.of());
            ConfigRollout other = newLeader();
            other.step(route, Optional.of(FIRST), List.of(pod("1")), Map.of(), now);
            leads = false;

            assertThatThrownBy(() -> step(SECOND, List.of(pod("1")), Map.of()))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> step(
                            SECOND, List.of(pod("1")), Map.of("a", new Acknowledgement.Superseded(applied(FIRST, 2)))))
                    .isInstanceOf(IllegalStateException.class);

            assertThat(published()).isEqualTo(FIRST.withSequence(2));
        }

        @Test
        void rereadsStoredStateAfterConflict() {
            ConfigMap[] cached = new ConfigMap[1];
            rollout =
                    new ConfigRollout(new ConfigStore(api.client(), _ -> Optional.ofNullable(cached[0])), () -> leads);
            step(FIRST, List.of(), Map.of());
            cached[0] = api.get(PATH, ConfigMap.class).orElseThrow();
            newLeader().step(route, Optional.of(FIRST), List.of(pod("1")), Map.of(), now);

            assertThatThrownBy(() -> step(SECOND, List.of(pod("1")), Map.of()))
                    .isInstanceOfSatisfying(KubernetesClientException.class, e -> assertThat(e.getCode())
                            .isEqualTo(409));

            assertThat(published()).isEqualTo(FIRST.withSequence(2));
            assertThat(step(SECOND, List.of(pod("1")), Map.of()))
                    .as("above what the other has claimed")
                    .contains(SECOND.withSequence(4));
        }

        @Test
        void overtakesProxiesAfterLossOfConfigMap() {
            step(FIRST, List.of(pod("1")), Map.of());

            assertThat(step(FIRST, List.of(pod("1")), Map.of("a", new Acknowledgement.Superseded(applied(SECOND, 40)))))
                    .contains(FIRST.withSequence(41));

            assertThat(published()).isEqualTo(FIRST.withSequence(41));
            assertThat(rollout.epoch()).isEqualTo(41);
            int writes = api.writes().size();
            step(FIRST, List.of(pod("1")), Map.of("a", new Acknowledgement.Superseded(applied(SECOND, 40))));
            assertThat(api.writes()).as("until it has been pushed").hasSize(writes);
        }
    }

    @Nested
    class StoredConfigMap {

        @Test
        void restoresDeletedConfigMapWithHigherSequence() {
            step(FIRST, List.of(), Map.of());
            step(SECOND, List.of(pod("1")), Map.of());
            step(SECOND, List.of(pod("1")), Map.of("a", accepted(SECOND, 2)));
            api.remove(PATH);

            assertThat(rollout.step(route, Optional.empty(), List.of(pod("1")), Map.of("a", accepted(SECOND, 2)), now))
                    .as("although the spec can no longer be served")
                    .contains(SECOND.withSequence(3));

            assertThat(published()).isEqualTo(SECOND.withSequence(3));
            assertThat(rollout.epoch()).isEqualTo(3);
        }

        @Test
        void restoresEditedConfigMap() {
            step(FIRST, List.of(), Map.of());
            ConfigMap edited = api.get(PATH, ConfigMap.class).orElseThrow();
            edited.getData().put(ConfigStore.FILE, "{}");
            api.put(PATH, edited);

            step(FIRST, List.of(pod("1")), Map.of("a", accepted(FIRST, 1)));

            assertThat(published()).isEqualTo(FIRST.withSequence(2));
        }

        @Test
        void keepsFieldsOfOthers() {
            step(FIRST, List.of(), Map.of());
            ConfigMap labelled = api.get(PATH, ConfigMap.class).orElseThrow();
            labelled.getMetadata().getLabels().put("example.com/team", "shop");
            api.put(PATH, labelled);
            int writes = api.writes().size();

            step(FIRST, List.of(pod("1")), Map.of("a", accepted(FIRST, 1)));
            assertThat(api.writes()).hasSize(writes);

            assertThat(step(SECOND, List.of(pod("1")), Map.of("a", accepted(FIRST, 1))))
                    .as("and is no conflict")
                    .contains(SECOND.withSequence(2));
        }

        @Test
        void reportsApiRefusalAndKeepsDocument() {
            step(FIRST, List.of(), Map.of());
            api.refuse("PATCH", PATH, 422);

            assertThat(step(SECOND, List.of(), Map.of())).contains(FIRST.withSequence(1));
            assertThat(rollout.failures())
                    .containsExactly(new Problem(
                            Reason.RejectedByApiServer,
                            "",
                            "The API server rejects ConfigMap default/shop-proxy-config: refused by the test."));

            api.refuse("PATCH", PATH, 0);
            assertThat(step(SECOND, List.of(), Map.of())).contains(SECOND.withSequence(2));
            assertThat(rollout.failures()).isEmpty();
        }

        @Test
        void leavesConfigMapOfOthersAlone() {
            ConfigMap foreign = new ConfigMapBuilder()
                    .withNewMetadata()
                    .withNamespace("default")
                    .withName("shop-proxy-config")
                    .endMetadata()
                    .addToData("mine", "1")
                    .build();
            api.put(PATH, foreign);

            assertThat(step(FIRST, List.of(), Map.of())).isEmpty();

            assertThat(rollout.failures()).extracting(Problem::reason).containsExactly(Reason.NameConflict);
            assertThat(api.writes()).isEmpty();
            api.remove(PATH);
            assertThat(step(FIRST, List.of(), Map.of())).contains(FIRST.withSequence(1));
        }
    }

    private ConfigRollout newLeader() {
        return new ConfigRollout(store(), () -> leads);
    }

    private ConfigStore store() {
        return new ConfigStore(api.client(), _ -> api.get(PATH, ConfigMap.class));
    }

    private Optional<ConfigDocument> step(
            ConfigDocument wanted, List<ObservedPod> pods, Map<String, Acknowledgement> acknowledgements) {
        return rollout.step(route, Optional.of(wanted), pods, acknowledgements, now);
    }

    /** What a new pod would start with. */
    private ConfigDocument published() {
        ConfigMap map = api.get(PATH, ConfigMap.class).orElseThrow();
        return read(map.getData().get(ConfigStore.FILE));
    }

    private static Acknowledgement accepted(ConfigDocument document, long sequence) {
        return new Acknowledgement.Accepted(applied(document, sequence));
    }

    private static Applied applied(ConfigDocument document, long sequence) {
        return new Applied(document.hash(), sequence, 0);
    }

    private static Acknowledgement refused(ConfigDocument document) {
        return new Acknowledgement.Rejected(
                document.hash(),
                Long.MAX_VALUE,
                List.of(new ConfigError("config.rules[0].filters[0]", "no such class")),
                null);
    }

    private static ObservedPod pod(String revision) {
        return pod(revision, false);
    }

    private static ObservedPod ending(String revision) {
        return pod(revision, true);
    }

    private static ObservedPod pod(String revision, boolean terminating) {
        return new ObservedPod(
                new RouteRef("default", "shop", "uid"),
                null,
                "pod-" + revision,
                "uid-" + revision,
                "node",
                revision,
                true,
                true,
                terminating,
                T,
                T);
    }

    private static ConfigDocument document(int port) {
        return read("""
                {"route":{"namespace":"default","name":"shop","uid":"uid"},"sequence":0,
                 "listeners":[{"name":"http","port":%d}]}""".formatted(port));
    }

    private static ConfigDocument read(String json) {
        return switch (ConfigReader.config(json.getBytes(StandardCharsets.UTF_8))) {
            case ParseResult.Valid<ConfigDocument> valid -> valid.document();
            case ParseResult.Invalid<ConfigDocument> invalid ->
                throw new AssertionError(invalid.errors().toString());
        };
    }
}

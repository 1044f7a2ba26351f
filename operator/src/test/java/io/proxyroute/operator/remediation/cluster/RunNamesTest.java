package io.proxyroute.operator.remediation.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.RemediationRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunNamesTest {

    private static final String UID = "0a1b2c3d-1111-2222-3333-444455556666";

    @Test
    void namesRunAfterRouteAndUidPrefix() {
        assertThat(RunNames.of(route("shop", UID), 7)).isEqualTo("shop-0a1b2c3d-7");
    }

    @Test
    void longestNameIsValidForObjectsAndReports() {
        String name = RunNames.of(route("r".repeat(57), UID), Integer.MAX_VALUE);

        assertThat(name).hasSizeLessThanOrEqualTo(100).matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    }

    @Test
    void readsNumberBack() {
        RemediationRun run = new RemediationRun();
        run.getMetadata().setName("shop-2-0a1b2c3d-12");

        assertThat(RunNames.number(run)).isEqualTo(12);
    }

    @Test
    void recognisesOwnRun() {
        assertThat(RunNames.isOf(route("shop", UID), "shop-0a1b2c3d-12")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "shop-ffffffff-12",
                "shop-2-0a1b2c3d-12",
                "shop-0a1b2c3d-",
                "shop-0a1b2c3d-0",
                "shop-0a1b2c3d-x",
                "shop-0a1b2c3d-1-1",
                "shop"
            })
    void rejectsNamesOfOtherRoutes(String name) {
        assertThat(RunNames.isOf(route("shop", UID), name)).isFalse();
    }

    private static ProxyRoute route(String name, String uid) {
        ProxyRoute route = new ProxyRoute();
        route.getMetadata().setName(name);
        route.getMetadata().setUid(uid);
        return route;
    }
}

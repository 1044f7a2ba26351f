package io.proxyroute.operator.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.contract.config.EndpointsDocument;
import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EndpointVersionsTest {

    private final EndpointVersions versions = new EndpointVersions();

    @Test
    void sameListKeepsVersion() {
        EndpointsDocument first = versions.next(list(1), 1);

        assertThat(versions.next(list(1), 1)).isSameAs(first);
    }

    @Test
    void sameListGetsNewVersionIfProxiesAreAhead() {
        long first = versions.next(list(1), 1).version();
        long last = new EndpointVersions().next(list(2), 8).version();

        EndpointsDocument anew = versions.next(list(1), 9);

        assertThat(anew.version()).isGreaterThan(first).isGreaterThan(last);
        assertThat(versions.next(list(1), 9)).isSameAs(anew);
    }

    @Test
    void changedListGetsHigherVersion() {
        EndpointsDocument first = versions.next(list(1), 1);
        EndpointsDocument second = versions.next(list(2), 1);
        EndpointsDocument third = versions.next(list(1), 1);

        assertThat(second.version()).isGreaterThan(first.version());
        assertThat(third.version()).isGreaterThan(second.version());
        assertThat(third.backends()).isEqualTo(list(1));
    }

    @Test
    void newLeaderStartsAbovePredecessor() {
        long last = 0;
        for (int change = 0; change < 100_000; change++) {
            last = versions.next(list(change % 2), 4).version();
        }

        assertThat(new EndpointVersions().next(list(1), 5).version()).isGreaterThan(last);
    }

    @Test
    void versionsRiseWithClaimedSequence() {
        long before = versions.next(list(1), 1).version();
        long after = versions.next(list(2), 9).version();

        assertThat(after).isGreaterThan(before);
        assertThat(new EndpointVersions().next(list(3), 9).version()).isLessThanOrEqualTo(after);
    }

    private static Map<String, List<Endpoint>> list(int address) {
        return Map.of("default/echo:80", List.of(new Endpoint("10.0.0." + address, 8080)));
    }
}

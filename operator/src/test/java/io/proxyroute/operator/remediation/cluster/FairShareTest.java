package io.proxyroute.operator.remediation.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FairShareTest {

    private final Set<String> taken = new HashSet<>();

    @Test
    void busyNamespaceLeavesActionsToOthers() {
        assertThat(takeAll("busy", 100, 30)).isEqualTo(20);
        assertThat(takeAll("second", 100, 30)).isEqualTo(7);
        assertThat(takeAll("third", 100, 30)).isEqualTo(2);
        assertThat(takeAll("fourth", 100, 30)).isEqualTo(1);
        assertThat(takeAll("fifth", 100, 30)).isZero();
    }

    @Test
    void busyRouteLeavesActionsToItsNamespace() {
        assertThat(takeAll("shop", 1, 30)).isEqualTo(14);
        assertThat(FairShare.allows("shop/other/1", taken, 30)).isTrue();
    }

    @Test
    void oneActionIsForAnyone() {
        assertThat(takeAll("shop", 1, 1)).isEqualTo(1);
        assertThat(FairShare.allows("other/route/1", taken, 1)).isFalse();
    }

    @Test
    void zeroAllowsNothing() {
        assertThat(takeAll("shop", 1, 0)).isZero();
    }

    /** Each of the routes takes an action in turn, until none may. */
    private int takeAll(String namespace, int routes, int max) {
        List<String> done = new ArrayList<>();
        boolean progress = true;
        for (int run = 0; progress; run++) {
            progress = false;
            for (int route = 0; route < routes; route++) {
                String name = "%s/route-%d/%d".formatted(namespace, route, run);
                if (FairShare.allows(name, taken, max)) {
                    taken.add(name);
                    done.add(name);
                    progress = true;
                }
            }
        }
        return done.size();
    }
}

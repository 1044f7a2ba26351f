package io.proxyroute.operator.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ServiceUsersTest {

    private static final ResourceID ONE = new ResourceID("one", "shop");
    private static final ResourceID OTHER = new ResourceID("other", "shop");

    private final ServiceUsers users = new ServiceUsers();

    @Test
    void findsRouteByCurrentDependencies() {
        users.set(ONE, Set.of("shop/cart", "shop/stock"));
        users.set(OTHER, Set.of("shop/cart"));
        assertThat(users.of("shop/cart")).containsExactlyInAnyOrder(ONE, OTHER);

        users.set(ONE, Set.of("shop/stock"));

        assertThat(users.of("shop/cart")).containsExactly(OTHER);
        assertThat(users.of("shop/stock")).containsExactly(ONE);
        assertThat(users.of("shop/unknown")).isEmpty();
    }

    @Test
    void keepsRouteAddedDuringRemoval() throws Exception {
        Thread leaving = Thread.ofPlatform().start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                users.set(OTHER, Set.of("shop/cart"));
                users.set(OTHER, Set.of());
            }
        });
        try {
            for (int i = 0; i < 200_000; i++) {
                users.set(ONE, Set.of("shop/cart"));
                assertThat(users.of("shop/cart").contains(ONE)).isTrue();
                users.set(ONE, Set.of());
            }
        } finally {
            leaving.interrupt();
            leaving.join();
        }
    }
}

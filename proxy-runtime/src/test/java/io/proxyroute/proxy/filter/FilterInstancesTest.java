package io.proxyroute.proxy.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.proxyroute.contract.config.RuleFilter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilterInstancesTest {

    @TempDir
    Path directory;

    private FilterJars jars;
    private FilterInstances instances;

    @BeforeEach
    void open() {
        jars = FilterJars.open(FilterDirectory.with(directory, "probed.jar", Probed.class));
        instances = new FilterInstances(jars, Duration.ofSeconds(10));
    }

    @AfterEach
    void close() throws Exception {
        jars.close();
    }

    @Test
    void anInstanceLivesWhileAnyDocumentNamesItAndClosesWithTheLast() throws Exception {
        FilterInstance first = instances.obtain(custom("one", Map.of("id", "lives")));
        FilterInstance second = instances.obtain(custom("renamed", Map.of("id", "lives")));
        assertThat(second).isSameAs(first);

        first.release();
        assertThat(Probed.count("lives", "closed")).isZero();

        second.release();
        await().until(() -> Probed.count("lives", "closed") == 1);
        assertThat(Probed.count("lives", "configured")).isEqualTo(1);
    }

    @Test
    void anotherConfigurationIsAnotherInstance() throws Exception {
        FilterInstance first = instances.obtain(custom("f", Map.of("id", "changes")));
        FilterInstance second = instances.obtain(custom("f", Map.of("id", "changes", "more", "1")));

        assertThat(second).isNotSameAs(first);
        first.release();
        second.release();
    }

    @Test
    void aClosedInstanceIsMadeAnew() throws Exception {
        FilterInstance first = instances.obtain(custom("f", Map.of("id", "again")));
        first.release();
        FilterInstance second = instances.obtain(custom("f", Map.of("id", "again")));

        assertThat(second).isNotSameAs(first);
        assertThat(first.retain()).isFalse();
        second.release();
    }

    @Test
    void aRefusedConfigurationNamesItsFieldAndClosesWhatWasBegun() {
        assertThatExceptionOfType(RefusedFilter.class)
                .isThrownBy(() -> instances.obtain(custom("f", Map.of("id", "refused", "refuse", "option x is wrong"))))
                .withMessage("option x is wrong")
                .satisfies(refusal -> assertThat(refusal.field()).isEqualTo("config"));
        assertThat(Probed.count("refused", "closed")).isEqualTo(1);
    }

    @Test
    void aConfigureThatHangsIsGivenUp() {
        FilterInstances hasty = new FilterInstances(jars, Duration.ofMillis(50));

        assertThatExceptionOfType(RefusedFilter.class)
                .isThrownBy(() -> hasty.obtain(custom("f", Map.of("id", "hangs", "hang", "yes"))))
                .withMessageContaining("did not return within PT0.05S");
    }

    @Test
    void aMissingClassNamesItsField() {
        assertThatExceptionOfType(RefusedFilter.class)
                .isThrownBy(() -> instances.obtain(new RuleFilter.Custom("f", "com.example.Missing", Map.of())))
                .satisfies(refusal -> assertThat(refusal.field()).isEqualTo("className"));
    }

    private static RuleFilter.Custom custom(String name, Map<String, String> config) {
        return new RuleFilter.Custom(name, Probed.class.getName(), config);
    }
}

package io.proxyroute.proxy.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.proxyroute.filter.ProxyFilter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilterJarsTest {

    private static final String STATIC_MAP = "io.proxyroute.examples.leaks.StaticMap";

    @TempDir
    Path directory;

    @Test
    void loadsClassFromLoaderNamedAfterJar() throws Exception {
        try (FilterJars jars = FilterJars.open(FilterDirectory.withExamples(directory))) {
            Class<? extends ProxyFilter> type = jars.find(STATIC_MAP);

            assertThat(type.getClassLoader().getName()).isEqualTo("proxyroute-examples");
            assertThat(type).isNotEqualTo(Class.forName(STATIC_MAP)); // the class is also on the tests' class path
        }
    }

    @Test
    void isolatesJarsFromEachOther() throws Exception {
        FilterDirectory.withExamples(directory);
        FilterDirectory.with(directory, "probed.jar", Probed.class);
        try (FilterJars jars = FilterJars.open(directory)) {
            ClassLoader probed = jars.find(Probed.class.getName()).getClassLoader();

            assertThat(probed.getName()).isEqualTo("probed");
            assertThatThrownBy(() -> probed.loadClass(STATIC_MAP)).isInstanceOf(ClassNotFoundException.class);
        }
    }

    @Test
    void exposesApiAndJdkButNotProxy() throws Exception {
        try (FilterJars jars = FilterJars.open(FilterDirectory.withExamples(directory))) {
            ClassLoader loader = jars.find(STATIC_MAP).getClassLoader();

            assertThat(loader.loadClass(ProxyFilter.class.getName())).isSameAs(ProxyFilter.class);
            assertThat(loader.loadClass("java.net.http.HttpClient")).isNotNull();
            for (String hidden : new String[] {
                "io.netty.buffer.ByteBuf", "io.proxyroute.proxy.filter.FilterRuntime", "org.slf4j.Logger"
            }) {
                assertThatThrownBy(() -> loader.loadClass(hidden)).isInstanceOf(ClassNotFoundException.class);
            }
        }
    }

    @Test
    void explainsMissingClassAndNonFilter() throws Exception {
        FilterDirectory.with(directory, "other.jar", FilterDirectory.class);
        try (FilterJars jars = FilterJars.open(directory)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> jars.find("com.example.Missing"))
                    .withMessage("class com.example.Missing is in none of the 1 jars of " + directory
                            + "; name a public class of a jar in the proxy's image");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> jars.find(FilterDirectory.class.getName()))
                    .withMessageContaining("does not implement io.proxyroute.filter.ProxyFilter");
        }
    }

    @Test
    void treatsMissingDirectoryAsEmpty() throws Exception {
        try (FilterJars jars = FilterJars.open(directory.resolve("absent"))) {
            assertThatIllegalArgumentException().isThrownBy(() -> jars.find(STATIC_MAP));
        }
    }
}

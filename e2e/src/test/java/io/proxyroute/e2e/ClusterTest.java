package io.proxyroute.e2e;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks a test class that needs a cluster with ProxyRoute. Its constructors and methods can take these parameters: the
 * {@link io.proxyroute.e2e.cluster.Cluster} and the {@link TestEnvironment}, both shared by all classes, the {@link
 * java.time.Instant} at which the test run started, and the {@link io.proxyroute.e2e.workload.TestNamespace} of the class.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("cluster")
@ExtendWith(ClusterExtension.class)
public @interface ClusterTest {

    /** Maximum number of proxy pods that the class runs at once; limits which classes run in parallel. */
    int pods() default 1;
}

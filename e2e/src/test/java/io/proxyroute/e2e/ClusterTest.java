package io.proxyroute.e2e;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test class that needs a cluster with ProxyRoute in it. Its methods and constructors may take a {@link
 * io.proxyroute.e2e.cluster.Cluster} and its {@link Stage}, shared by all classes, a {@link java.time.Instant}, when the
 * run began, and a {@link io.proxyroute.e2e.workload.Sandbox}, the class's own.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("cluster")
@ExtendWith(ClusterExtension.class)
public @interface ClusterTest {

    /** How many proxy pods it runs at once: classes run side by side as long as the node has room for all their pods. */
    int pods() default 1;
}

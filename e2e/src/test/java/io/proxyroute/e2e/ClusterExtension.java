package io.proxyroute.e2e;

import io.proxyroute.e2e.cluster.Cluster;
import io.proxyroute.e2e.cluster.Installation;
import io.proxyroute.e2e.terminal.Terminal;
import io.proxyroute.e2e.workload.TestNamespace;
import java.time.Instant;
import java.util.Locale;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Starts one cluster with ProxyRoute for all test classes, creates a namespace per class, and dumps the cluster state when
 * a test fails. {@code KEEP=1} keeps cluster and namespaces.
 */
final class ClusterExtension
        implements BeforeAllCallback,
                ParameterResolver,
                AfterAllCallback,
                TestExecutionExceptionHandler,
                LifecycleMethodExecutionExceptionHandler {

    private static final Namespace STORE = Namespace.create(ClusterExtension.class);

    @Override
    public void beforeAll(ExtensionContext context) throws InterruptedException {
        ClusterTest test = context.getRequiredTestClass().getAnnotation(ClusterTest.class);
        context.getStore(STORE).put(NodeCapacity.class, NodeCapacity.acquire(test));
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == Cluster.class
                || type == TestEnvironment.class
                || type == TestNamespace.class
                || type == Instant.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        if (type == TestNamespace.class) {
            return namespace(context);
        }
        if (type == TestEnvironment.class) {
            return sharedEnvironment(context).environment();
        }
        return type == Cluster.class
                ? sharedEnvironment(context).environment().cluster()
                : sharedEnvironment(context).start();
    }

    private static SharedEnvironment sharedEnvironment(ExtensionContext context) {
        return context.getRoot()
                .getStore(STORE)
                .getOrComputeIfAbsent(
                        SharedEnvironment.class, key -> SharedEnvironment.create(), SharedEnvironment.class);
    }

    private static TestNamespace namespace(ExtensionContext context) {
        Class<?> test = context.getRequiredTestClass();
        return classContext(context)
                .getStore(STORE)
                .getOrComputeIfAbsent(
                        test,
                        key -> sharedEnvironment(context).environment().createNamespace(namespaceOf(test)),
                        TestNamespace.class);
    }

    private static ExtensionContext classContext(ExtensionContext context) {
        return context.getTestMethod().isPresent() ? context.getParent().orElseThrow() : context;
    }

    private static String namespaceOf(Class<?> test) {
        String words = test.getSimpleName().replaceAll("IT$", "").replaceAll("(?<=[a-z])(?=[A-Z])", "-");
        return "e2e-" + words.toLowerCase(Locale.ROOT);
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        dumpState(context, failure);
        throw failure;
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        dumpState(context, failure);
        throw failure;
    }

    private static void dumpState(ExtensionContext context, Throwable failure) {
        if (failure instanceof org.opentest4j.TestAbortedException) {
            return;
        }
        String name = context.getRequiredTestClass().getSimpleName()
                + context.getTestMethod().map(method -> "." + method.getName()).orElse("");
        sharedEnvironment(context).environment().dumpState(namespaceOf(context.getRequiredTestClass()), name);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        TestNamespace namespace = context.getStore(STORE).remove(context.getRequiredTestClass(), TestNamespace.class);
        if (namespace != null && !TestEnvironment.isKept()) {
            sharedEnvironment(context).environment().remove(namespace);
        }
    }

    /** The environment that all classes share, and when the test run started. */
    private record SharedEnvironment(TestEnvironment environment, Instant start) implements AutoCloseable {

        static SharedEnvironment create() {
            TestEnvironment environment = new TestEnvironment(Terminal.standardOutput());
            try {
                environment.cluster();
                Instant start = Instant.now();
                environment.install();
                return new SharedEnvironment(environment, start);
            } catch (RuntimeException e) {
                environment.dumpState(Installation.NAMESPACE, "Installation");
                environment.close();
                throw e;
            }
        }

        @Override
        public void close() {
            environment.close();
            if (!environment.isCleanedUp()) {
                throw new IllegalStateException("some test resources could not be removed: see the messages above");
            }
        }
    }
}

package io.proxyroute.e2e;

import io.proxyroute.e2e.cluster.Cluster;
import io.proxyroute.e2e.cluster.Installation;
import io.proxyroute.e2e.terminal.Screen;
import io.proxyroute.e2e.workload.Sandbox;
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
 * Brings one cluster up for all classes of a run and installs ProxyRoute in it, gives each class a namespace, and writes
 * down what the cluster knew when a test failed. {@code KEEP=1} leaves cluster and namespaces.
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
        context.getStore(STORE).put(NodeRoom.class, NodeRoom.enter(test));
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == Cluster.class || type == Stage.class || type == Sandbox.class || type == Instant.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        if (type == Sandbox.class) {
            return sandbox(context);
        }
        if (type == Stage.class) {
            return shared(context).stage();
        }
        return type == Cluster.class
                ? shared(context).stage().cluster()
                : shared(context).start();
    }

    private static Shared shared(ExtensionContext context) {
        return context.getRoot().getStore(STORE).getOrComputeIfAbsent(Shared.class, key -> Shared.open(), Shared.class);
    }

    private static Sandbox sandbox(ExtensionContext context) {
        Class<?> test = context.getRequiredTestClass();
        return classContext(context)
                .getStore(STORE)
                .getOrComputeIfAbsent(test, key -> shared(context).stage().sandbox(namespaceOf(test)), Sandbox.class);
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
        writeDown(context, failure);
        throw failure;
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        writeDown(context, failure);
        throw failure;
    }

    private static void writeDown(ExtensionContext context, Throwable failure) {
        if (failure instanceof org.opentest4j.TestAbortedException) {
            return;
        }
        String name = context.getRequiredTestClass().getSimpleName()
                + context.getTestMethod().map(method -> "." + method.getName()).orElse("");
        shared(context).stage().writeDown(namespaceOf(context.getRequiredTestClass()), name);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Sandbox sandbox = context.getStore(STORE).remove(context.getRequiredTestClass(), Sandbox.class);
        if (sandbox != null && !Stage.isKept()) {
            shared(context).stage().remove(sandbox);
        }
    }

    /** What all classes of a run share. */
    private record Shared(Stage stage, Instant start) implements AutoCloseable {

        static Shared open() {
            Stage stage = new Stage(Screen.standard());
            try {
                stage.cluster();
                Instant start = Instant.now();
                stage.install();
                return new Shared(stage, start);
            } catch (RuntimeException e) {
                stage.writeDown(Installation.NAMESPACE, "Installation");
                stage.close();
                throw e;
            }
        }

        @Override
        public void close() {
            stage.close();
            if (!stage.isGone()) {
                throw new IllegalStateException("not everything that was made could be removed: see above");
            }
        }
    }
}

package io.proxyroute.proxy.http;

import io.proxyroute.proxy.overload.Overload;
import io.proxyroute.proxy.overload.OverloadAction;
import io.proxyroute.proxy.overload.OverloadManager;
import io.proxyroute.proxy.overload.Resource;
import java.util.List;
import java.util.function.Consumer;

/** Carries out the actions of the {@link OverloadManager} on the connections of all loops. Thread-safe. */
final class LoadRelief implements OverloadManager.Effects {

    private final List<LoopContext> contexts;
    private final CurrentState state;
    private final Overload overload;
    private final Consumer<Boolean> accept;

    /** @param accept stops or resumes accepting connections */
    LoadRelief(List<LoopContext> contexts, CurrentState state, Overload overload, Consumer<Boolean> accept) {
        this.contexts = contexts;
        this.state = state;
        this.overload = overload;
        this.accept = accept;
    }

    @Override
    public void closeIdle() {
        ServingState serving = state.serving();
        long nanos = serving == null ? 0 : overload.shortened(serving.idleTimeoutNanos());
        if (nanos > 0) {
            contexts.forEach(context -> context.loop.execute(() -> context.connections.closeIdleFor(nanos)));
        }
    }

    @Override
    public void closeConnections() {
        Resource trigger = overload.trigger(OverloadAction.CLOSE_CONNECTIONS);
        if (trigger != null) {
            contexts.forEach(context -> context.loop.execute(() -> context.connections.relieve(trigger)));
        }
    }

    @Override
    public void accept(boolean enabled) {
        accept.accept(enabled);
    }
}

package io.proxyroute.proxy.lifecycle;

import io.proxyroute.contract.telemetry.Snapshot.ProcessState;
import java.util.concurrent.atomic.AtomicReference;

/** The state of the process: warming, then ready, then draining, never back. Thread-safe. */
public final class ProcessLifecycle {

    private final AtomicReference<ProcessState> state = new AtomicReference<>(ProcessState.WARMING);

    /** The current state. */
    public ProcessState state() {
        return state.get();
    }

    /** The warm-up is over. No effect on a process that is already draining. */
    public void markReady() {
        state.compareAndSet(ProcessState.WARMING, ProcessState.READY);
    }

    /**
     * The drain starts.
     *
     * @return whether it had not started before
     */
    boolean markDraining() {
        return state.getAndSet(ProcessState.DRAINING) != ProcessState.DRAINING;
    }
}

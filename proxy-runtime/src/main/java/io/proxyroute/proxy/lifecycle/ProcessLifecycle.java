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

    /** Moves from warming to ready. No effect on a process that is already draining. */
    public void markReady() {
        state.compareAndSet(ProcessState.WARMING, ProcessState.READY);
    }

    /**
     * Moves to draining.
     *
     * @return false if the process was already draining
     */
    boolean markDraining() {
        return state.getAndSet(ProcessState.DRAINING) != ProcessState.DRAINING;
    }
}

package io.proxyroute.proxy.lifecycle;

import io.proxyroute.contract.telemetry.Snapshot.ProcessState;
import java.util.concurrent.atomic.AtomicReference;

/** Where the process is in its life: it goes from warming to ready to draining, and never back. Thread-safe. */
public final class ProcessLifecycle {

    private final AtomicReference<ProcessState> state = new AtomicReference<>(ProcessState.WARMING);

    /** The state of now. */
    public ProcessState state() {
        return state.get();
    }

    /** Warm-up is over; without effect on a process that is draining already. */
    public void ready() {
        state.compareAndSet(ProcessState.WARMING, ProcessState.READY);
    }

    /**
     * The process was told to end.
     *
     * @return whether this was the first time
     */
    boolean draining() {
        return state.getAndSet(ProcessState.DRAINING) != ProcessState.DRAINING;
    }
}

package io.proxyroute.proxy.filter;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The request's body, as one call reads it. Sealed when the call returns; the next filter or the backend then gets what
 * this call has not read. One thread reads at a time.
 */
final class CallBody extends InputStream {

    private enum State {
        IDLE,
        READING,
        SEALED
    }

    private final InputStream source;
    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);

    CallBody(InputStream source) {
        this.source = source;
    }

    @Override
    public int read() throws IOException {
        begin();
        try {
            return source.read();
        } finally {
            finish();
        }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        begin();
        try {
            return source.read(target, offset, length);
        } finally {
            finish();
        }
    }

    @Override
    public int available() throws IOException {
        return state.get() == State.IDLE ? source.available() : 0;
    }

    private void begin() throws IOException {
        if (!state.compareAndSet(State.IDLE, State.READING)) {
            throw new IOException(
                    state.get() == State.SEALED
                            ? "the filter has returned, so the next filter or the backend gets the rest of the body;"
                                    + " read what you need before you return"
                            : "another thread is reading this body; let one thread at a time read it");
        }
    }

    private void finish() {
        state.set(State.IDLE);
    }

    /**
     * Forbids further reads.
     *
     * @throws IllegalStateException a thread is reading
     */
    void seal() {
        if (!state.compareAndSet(State.IDLE, State.SEALED) && state.get() != State.SEALED) {
            throw new IllegalStateException(
                    "the filter returned while one of its forks was reading the body; join the fork first");
        }
    }
}

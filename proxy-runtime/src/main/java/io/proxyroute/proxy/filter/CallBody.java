package io.proxyroute.proxy.filter;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The request's body as one call sees it. The call's end seals it, after which what was not read belongs to the next
 * filter or to the backend. One thread reads at a time.
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
                            ? "the filter has returned; the rest of the body goes on without it"
                            : "another thread is reading this body");
        }
    }

    private void finish() {
        state.set(State.IDLE);
    }

    /**
     * Ends the reading.
     *
     * @throws IllegalStateException a thread is reading now
     */
    void seal() {
        if (!state.compareAndSet(State.IDLE, State.SEALED) && state.get() != State.SEALED) {
            throw new IllegalStateException("the filter returned while a fork of it was reading the body");
        }
    }
}

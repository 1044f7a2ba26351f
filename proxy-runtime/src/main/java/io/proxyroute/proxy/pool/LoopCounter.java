package io.proxyroute.proxy.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A figure that one event loop writes and any thread reads. Costs its writer no more than a plain field. */
final class LoopCounter {

    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(LoopCounter.class, "value", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // by its handle
    private long value;

    /** Called on the loop. */
    void add(long by) {
        VALUE.setRelease(this, (long) VALUE.get(this) + by);
    }

    /** Called on the loop. */
    void set(long to) {
        VALUE.setRelease(this, to);
    }

    /** Called on the loop; ordered before whatever the loop reads next. */
    void addVolatile(long by) {
        VALUE.setVolatile(this, (long) VALUE.get(this) + by);
    }

    /** Called on any thread. */
    long get() {
        return (long) VALUE.getVolatile(this);
    }
}

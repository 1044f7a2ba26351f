package io.proxyroute.proxy.loop;

/**
 * A point in time at which something happens unless it is cancelled first. Embedded in what it guards, armed any number
 * of times, and free of allocation. Confined to the loop of its wheel.
 */
public abstract class Deadline {

    Deadline previous;
    Deadline next;
    long atNanos;
    DeadlineWheel wheel;

    /** Called on the loop, at or up to one tick after the time; the deadline is no longer armed then. */
    protected abstract void reached();

    /** Whether it is waiting. */
    public final boolean armed() {
        return wheel != null;
    }

    /** When it is due, on the clock of the wheel's loop; meaningless unless {@link #armed()}. */
    public final long atNanos() {
        return atNanos;
    }

    /** Forgets it; without effect unless armed. */
    public final void cancel() {
        if (wheel != null) {
            wheel.remove(this);
        }
    }
}

package io.proxyroute.proxy.loop;

/**
 * A timer that can be cancelled and armed again without allocation. Subclassed by the object that it belongs to. Confined
 * to the loop of its wheel.
 */
public abstract class Deadline {

    Deadline previous;
    Deadline next;
    long atNanos;
    DeadlineWheel wheel;

    /** Called on the loop, at the time or up to one tick later, when the deadline is no longer armed. */
    protected abstract void onExpired();

    /** Whether it is set and not yet reached. */
    public final boolean isArmed() {
        return wheel != null;
    }

    /** When it is due, on the clock of the wheel's loop; undefined unless {@link #isArmed()}. */
    public final long atNanos() {
        return atNanos;
    }

    /** Cancels it; no effect unless armed. */
    public final void cancel() {
        if (wheel != null) {
            wheel.remove(this);
        }
    }
}

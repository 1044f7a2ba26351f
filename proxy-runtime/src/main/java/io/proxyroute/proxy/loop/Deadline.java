package io.proxyroute.proxy.loop;

/**
 * A timer that can be cancelled and armed again without allocation. Subclassed by its owner. Confined
 * to the loop of its wheel.
 */
public abstract class Deadline {

    Deadline previous;
    Deadline next;
    long atNanos;
    DeadlineWheel wheel;

    /** Called on the loop, at most one tick after the time. The deadline is no longer armed then. */
    protected abstract void onExpired();

    /** Whether it is set and has not expired. */
    public final boolean isArmed() {
        return wheel != null;
    }

    /** When it is due, on the clock of the wheel's loop; undefined unless {@link #isArmed()}. */
    public final long atNanos() {
        return atNanos;
    }

    /** Cancels it. Has no effect unless armed. */
    public final void cancel() {
        if (wheel != null) {
            wheel.remove(this);
        }
    }
}

package io.proxyroute.proxy.loop;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The timers of one event loop: a hashed timer wheel (Varghese and Lauck, 1987) with ticks of {@value #TICK_MILLIS} ms.
 * Arming and cancelling take constant time and do not allocate, because a proxy cancels nearly every deadline. The
 * wheel ticks only while a deadline is armed. Confined to its loop.
 */
public final class DeadlineWheel {

    /** How late a deadline may fire. */
    public static final int TICK_MILLIS = 10;

    private static final int SLOTS = 1024;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);

    private static final Logger LOG = LoggerFactory.getLogger(DeadlineWheel.class);

    private final EventLoop loop;
    private final Slot[] slots = new Slot[SLOTS];
    private final Slot due = new Slot();
    private final Runnable tickTask = this::tick;
    private long currentTick;
    private int armed;
    private ScheduledFuture<?> scheduledTick;

    DeadlineWheel(EventLoop loop) {
        this.loop = loop;
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new Slot();
        }
    }

    /** The loop's clock, in nanoseconds; only differences are meaningful. */
    public long nanoTime() {
        return loop.ticker().nanoTime();
    }

    /** The number of armed deadlines. */
    public int armedCount() {
        return armed;
    }

    /** Arms a deadline, or rearms one that is already armed. */
    public void arm(Deadline deadline, long atNanos) {
        deadline.cancel();
        if (armed == 0) {
            currentTick = nanoTime() / TICK_NANOS;
        }
        deadline.atNanos = atNanos;
        deadline.wheel = this;
        // Rounded up, so that it never fires early.
        long dueTick = Math.max(Math.ceilDiv(atNanos, TICK_NANOS), currentTick + 1);
        slots[Math.floorMod(dueTick, SLOTS)].add(deadline);
        armed++;
        if (scheduledTick == null) {
            scheduledTick = loop.schedule(tickTask, TICK_NANOS, TimeUnit.NANOSECONDS);
        }
    }

    /** Arms a deadline relative to now. */
    public void armIn(Deadline deadline, long delayNanos) {
        arm(deadline, nanoTime() + delayNanos);
    }

    void remove(Deadline deadline) {
        deadline.previous.next = deadline.next;
        deadline.next.previous = deadline.previous;
        deadline.previous = null;
        deadline.next = null;
        deadline.wheel = null;
        armed--;
    }

    private void tick() {
        scheduledTick = null;
        long now = nanoTime();
        long target = now / TICK_NANOS;
        // After a long stall, one round visits every slot.
        long first = Math.max(currentTick + 1, target - SLOTS + 1);
        for (long t = first; t <= target && armed > 0; t++) {
            currentTick = t;
            slots[Math.floorMod(t, SLOTS)].drainTo(due, now);
        }
        while (due.next != due) {
            Deadline expired = due.next;
            expired.cancel();
            expire(expired);
        }
        currentTick = Math.max(currentTick, target);
        if (armed > 0 && scheduledTick == null && !loop.isShuttingDown()) {
            scheduledTick = loop.schedule(tickTask, TICK_NANOS, TimeUnit.NANOSECONDS);
        }
    }

    /** Catches everything, even an {@link Error} or a failure to log, so that the wheel keeps running. */
    private static void expire(Deadline deadline) {
        try {
            deadline.onExpired();
        } catch (Throwable t) {
            try {
                LOG.error("A deadline callback failed.", t);
            } catch (Throwable unlogged) {
                // out of memory or descriptors: nothing else can be done
            }
        }
    }

    /** A circular list with itself as sentinel. */
    private static final class Slot extends Deadline {

        Slot() {
            previous = this;
            next = this;
        }

        void add(Deadline deadline) {
            deadline.previous = previous;
            deadline.next = this;
            previous.next = deadline;
            previous = deadline;
        }

        /** Moves due deadlines to another list, where they stay armed and can still be cancelled. */
        void drainTo(Slot due, long now) {
            for (Deadline current = next; current != this; ) {
                Deadline following = current.next;
                if (current.atNanos - now <= 0) {
                    current.previous.next = following;
                    following.previous = current.previous;
                    due.add(current);
                }
                current = following;
            }
        }

        @Override
        protected void onExpired() {
            throw new IllegalStateException("A slot is never armed.");
        }
    }
}

package io.proxyroute.proxy.http;

import io.proxyroute.proxy.ledger.Releasable;
import io.proxyroute.proxy.loop.Deadline;
import io.proxyroute.proxy.loop.DeadlineWheel;
import io.proxyroute.proxy.routing.RouteRule;
import io.proxyroute.proxy.stream.EndCause;
import java.util.concurrent.TimeUnit;

/**
 * The timeouts of the rule for one exchange, as one deadline that is armed for the earliest of them and evaluated again
 * when it is reached. An attempt ends with the request's timeout at the latest, and the request with the stream's.
 * Owned by the record.
 *
 * <p>{@code request} and {@code backendRequest} count from the last byte of the request, so
 * {@code idle} bounds a long upload, as it does a long response, whether the client or the backend is slow.
 */
final class ExchangeTimer extends Deadline implements Releasable {

    /** How long to wait for a half-closed client without progress; it has most likely disconnected. */
    static final long HALF_CLOSED_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** What the exchange is waiting for. */
    enum WaitingFor {
        /** The client to send its body. */
        REQUEST_BODY,
        /** The backend to accept more of the body. */
        BACKEND_WRITABLE,
        /** Filters, a connection, or the pause before a retry. */
        ATTEMPT,
        /** The response head. */
        RESPONSE_HEAD,
        /** The remainder of the response. */
        RESPONSE_BODY
    }

    /** The exchange that is timed. */
    interface Owner {

        /** What the exchange is waiting for. */
        WaitingFor waitingFor();

        /** Bytes of the request's body received so far. */
        long requestBytes();

        /** Whether the client may send its body as slowly as it likes. */
        boolean mayUploadSlowly();

        /** Whether the client has shut down its output. */
        boolean isHalfClosed();

        /** Bytes of the response that are not yet written to the client's socket. */
        long responsePending();

        /** Bytes of the request that are not yet written to the backend's socket. */
        long requestPending();

        /** A timeout has expired. */
        void timedOut(EndCause why);

        /** The timer failed, and is no longer armed. */
        void timerFailed(Throwable cause);
    }

    private final Owner exchange;
    private final DeadlineWheel wheel;
    private final RouteRule rule;
    private final long startNanos;
    private long lastRequestByteNanos;
    private long attemptStartNanos;
    private long lastProgressNanos;
    /** Bytes pending in each direction after the last write; fewer are pending now if a slow peer has read some. */
    private long requestPending;

    private long responsePending;
    /** Null until the exchange waits for the request's body. */
    private UploadRate uploadRate;

    private EndCause pendingCause;

    ExchangeTimer(Owner exchange, RouteRule rule, DeadlineWheel wheel, long startNanos) {
        this.exchange = exchange;
        this.wheel = wheel;
        this.rule = rule;
        this.startNanos = startNanos;
        this.lastRequestByteNanos = startNanos;
        this.attemptStartNanos = startNanos;
        this.lastProgressNanos = startNanos;
    }

    /** A part of the request was received, or written to the backend's socket. */
    void requestProgressed(long nowNanos) {
        lastRequestByteNanos = nowNanos;
        lastProgressNanos = nowNanos;
    }

    /** The received part of the request was forwarded; this many bytes of it are pending. */
    void requestSent(long pendingBytes) {
        requestPending = pendingBytes;
    }

    /** A part of the response was received, or written to the client's socket; this many bytes of it are pending. */
    void responseProgressed(long nowNanos, long pendingBytes) {
        lastProgressNanos = nowNanos;
        responsePending = pendingBytes;
    }

    /** A backend was leased, and the request is sent next. */
    void attemptStarted(long nowNanos) {
        attemptStartNanos = nowNanos;
        update();
    }

    long lastProgressNanos() {
        return lastProgressNanos;
    }

    /** When the response head is due, if the request progresses no further; {@link Long#MAX_VALUE} for never. */
    long requestDeadlineNanos() {
        long at = after(lastRequestByteNanos, rule.requestTimeoutNanos());
        return earlier(at, after(startNanos, rule.maxStreamDurationNanos()));
    }

    /** When the response head of this attempt is due; {@link Long#MAX_VALUE} for never. */
    long attemptDeadlineNanos() {
        return earlier(
                requestDeadlineNanos(),
                after(Math.max(attemptStartNanos, lastRequestByteNanos), rule.backendRequestTimeoutNanos()));
    }

    private static long after(long fromNanos, long nanos) {
        return nanos > 0 ? fromNanos + nanos : Long.MAX_VALUE;
    }

    private static long earlier(long a, long b) {
        if (a == Long.MAX_VALUE || b == Long.MAX_VALUE) {
            return a == Long.MAX_VALUE ? b : a;
        }
        return a - b < 0 ? a : b;
    }

    /** Arms the deadline for the earliest timeout, unless it is armed for an earlier time already. */
    void update() {
        long at = earliest();
        if (at != Long.MAX_VALUE && (!isArmed() || at - atNanos() < 0)) {
            wheel.arm(this, at);
        }
    }

    private long earliest() {
        long at = after(startNanos, rule.maxStreamDurationNanos());
        pendingCause = EndCause.STREAM_TIMEOUT;
        long idleSinceNanos = Math.max(attemptStartNanos, lastRequestByteNanos);
        WaitingFor waitingFor = exchange.waitingFor();
        if (waitingFor == WaitingFor.REQUEST_BODY && !exchange.mayUploadSlowly()) {
            uploadRate = uploadRate == null ? new UploadRate() : uploadRate;
            at = limitTo(at, uploadRate.run(wheel.nanoTime(), exchange.requestBytes()), EndCause.CLIENT_SLOW);
        } else if (uploadRate != null) {
            uploadRate.stop();
        }
        switch (waitingFor) {
            case REQUEST_BODY, BACKEND_WRITABLE ->
                at = limitTo(at, after(idleSinceNanos, rule.idleTimeoutNanos()), idleCause());
            case ATTEMPT ->
                at = limitTo(at, after(lastRequestByteNanos, rule.requestTimeoutNanos()), EndCause.REQUEST_TIMEOUT);
            case RESPONSE_HEAD -> {
                at = limitTo(at, after(idleSinceNanos, rule.backendRequestTimeoutNanos()), EndCause.BACKEND_TIMEOUT);
                at = limitTo(at, after(lastRequestByteNanos, rule.requestTimeoutNanos()), EndCause.REQUEST_TIMEOUT);
            }
            case RESPONSE_BODY -> at = limitTo(at, after(lastProgressNanos, rule.idleTimeoutNanos()), idleCause());
        }
        // Before the response head, a half-closed client gets the rule's own timeouts, if any.
        if (exchange.isHalfClosed() && (waitingFor == WaitingFor.RESPONSE_BODY || at == Long.MAX_VALUE)) {
            at = limitTo(at, lastProgressNanos + HALF_CLOSED_NANOS, EndCause.CLIENT_GONE);
        }
        return at;
    }

    /** The cause if nothing is transferred: it names the side that the exchange is waiting for. */
    EndCause idleCause() {
        return switch (exchange.waitingFor()) {
            case REQUEST_BODY -> EndCause.CLIENT_IDLE;
            case BACKEND_WRITABLE, ATTEMPT, RESPONSE_HEAD -> EndCause.BACKEND_TIMEOUT;
            case RESPONSE_BODY -> exchange.responsePending() > 0 ? EndCause.CLIENT_STALLED : EndCause.STREAM_IDLE;
        };
    }

    private long limitTo(long at, long candidate, EndCause cause) {
        long result = earlier(at, candidate);
        if (result != at) {
            pendingCause = cause;
        }
        return result;
    }

    /** If this failed silently, the exchange would have no deadline. */
    @Override
    protected void onExpired() {
        try {
            evaluate();
        } catch (Throwable t) {
            exchange.timerFailed(t);
        }
    }

    private void evaluate() {
        long now = wheel.nanoTime();
        long pending = exchange.requestPending();
        if (pending < requestPending) {
            requestProgressed(now);
        }
        requestPending = pending;
        pending = exchange.responsePending();
        if (pending < responsePending) {
            lastProgressNanos = now;
        }
        responsePending = pending;
        if (uploadRate != null && uploadRate.isTooSlow(now, exchange.requestBytes())) {
            exchange.timedOut(EndCause.CLIENT_SLOW);
            return;
        }
        long at = earliest();
        if (at == Long.MAX_VALUE) {
            return;
        }
        if (at - now <= 0) {
            exchange.timedOut(pendingCause);
        } else {
            wheel.arm(this, at);
        }
    }

    @Override
    public void release() {
        cancel();
    }
}

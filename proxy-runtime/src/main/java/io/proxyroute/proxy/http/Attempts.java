package io.proxyroute.proxy.http;

import io.proxyroute.contract.config.EndpointsDocument.Endpoint;
import io.proxyroute.proxy.stream.EndCause;
import io.proxyroute.proxy.stream.FieldNames;
import io.proxyroute.proxy.stream.Head;
import java.util.concurrent.TimeUnit;

/**
 * The attempts of one exchange, one after the other: chooses a backend, sends the request, and decides whether another
 * attempt follows a failed one. Confined to the exchange's loop.
 *
 * <ol>
 *   <li>A stale connection does not count as a retry: if the backend has closed a reused connection, an idempotent
 *       request is sent once more, immediately, on a new connection (RFC 9112, section 9.3.1).
 *   <li>A connection that could not be opened, an idempotent request without a response, and a response whose status
 *       the rule lists are retried under the rule's policy, after a backoff, at another endpoint if there is one. If
 *       nothing was sent, the retry does not count as one of the policy's attempts.
 *   <li>Nothing is retried after a part of the client's body or of a response has been forwarded.
 * </ol>
 */
final class Attempts implements BackendAttempt.Listener {

    private final ExchangeState exchange;
    private final ServingState.RuleRuntime runtime;
    private final Listener listener;
    /** The current attempt; null before the first. */
    private BackendAttempt attempt;

    private Retries retries;
    private boolean retriedStaleConnection;

    /** Receives the outcome. */
    interface Listener {

        /** The response has started and must be forwarded. */
        void responseStarted(Head head);

        /** The response is complete. */
        void completed();

        /** No complete response was received. */
        void attemptsFailed(EndCause why);
    }

    Attempts(ExchangeState exchange, ServingState.RuleRuntime runtime, Listener listener) {
        this.exchange = exchange;
        this.runtime = runtime;
        this.listener = listener;
    }

    /** Starts the first attempt. */
    void start() {
        startAttempt(false, null);
    }

    /** The current attempt if it holds a lease; null otherwise. */
    BackendAttempt leasedAttempt() {
        return attempt != null && attempt.hasLease() ? attempt : null;
    }

    /** Bytes of the request that are not yet written to the backend's socket. */
    long pendingBytes() {
        return attempt == null ? 0 : attempt.pendingBytes();
    }

    /** Returns the connection, or stops waiting for one: the client has its response. */
    void finish() {
        if (attempt != null) {
            attempt.finish();
        }
    }

    /** Called when the exchange has ended. */
    void ended() {
        if (attempt != null) {
            attempt.detach();
        }
    }

    private void startAttempt(boolean newConnectionOnly, Endpoint avoided) {
        if (exchange.pool == null || !newConnectionOnly) {
            int index = exchange.rule.pick(exchange.context.random);
            exchange.pool = index < 0 ? null : runtime.pools().get(index);
        }
        if (exchange.pool == null) {
            listener.attemptsFailed(EndCause.NO_BACKEND);
            return;
        }
        exchange.phase = ExchangePhase.ACQUIRING;
        exchange.timer.update();
        attempt = new BackendAttempt(exchange, this);
        attempt.acquire(exchange.pool, newConnectionOnly, avoided);
    }

    @Override
    public void leaseGranted() {
        exchange.endpoint = attempt.endpoint();
        exchange.attemptCount++;
        exchange.phase = ExchangePhase.AWAITING_RESPONSE;
        ExchangeTimer timer = exchange.timer;
        long now = exchange.context.nanoTime();
        timer.attemptStarted(now);
        long deadlineNanos = timer.attemptDeadlineNanos();
        if (deadlineNanos != Long.MAX_VALUE) {
            long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadlineNanos - now));
            exchange.request.fields().set(FieldNames.X_REQUEST_TIMEOUT_MS, exchange.context.cachedDecimal(millis));
        }
        attempt.send();
        if (exchange.phase == ExchangePhase.AWAITING_RESPONSE) {
            timer.requestSent(attempt.pendingBytes());
        }
    }

    @Override
    public void requestProgressed() {
        exchange.timer.requestProgressed(exchange.context.nanoTime());
        exchange.timer.requestSent(attempt.pendingBytes());
        exchange.timer.update(); // now waiting for the client
    }

    @Override
    public void responseInterim(Head head) {
        if (exchange.phase != ExchangePhase.AWAITING_RESPONSE) {
            return;
        }
        boolean awaited = exchange.client.awaitsContinue();
        exchange.response.interim(head);
        if (awaited && !exchange.client.awaitsContinue()) {
            exchange.timer.requestProgressed(exchange.context.nanoTime()); // now waiting for the client
        }
    }

    @Override
    public void responseHead(Head head) {
        if (!retries().retriesStatus(head.status()) || !exchange.idempotent() || !retry()) {
            listener.responseStarted(head);
        }
    }

    @Override
    public void responseProgressed() {
        exchange.timer.responseProgressed(exchange.context.nanoTime(), exchange.client.pendingBytes());
    }

    @Override
    public void completed() {
        listener.completed();
    }

    @Override
    public void attemptFailed(EndCause why) {
        boolean reset = why == EndCause.BACKEND_RESET;
        if (reset
                && attempt.isOnReusedConnection()
                && !retriedStaleConnection
                && exchange.idempotent()
                && isReplayable()) {
            retriedStaleConnection = true;
            abandonAttempt();
            startAttempt(true, null);
            return;
        }
        boolean nothingSent = why.isBeforeSending();
        boolean safe = nothingSent || reset && exchange.idempotent();
        if (exchange.phase == ExchangePhase.RESPONDING || !safe || !retry(nothingSent)) {
            listener.attemptsFailed(why);
        }
    }

    @Override
    public boolean stalledSince(long nanos) {
        return !exchange.timer.isArmed() && exchange.timer.lastProgressNanos() - nanos <= 0;
    }

    /** Abandons the attempt and schedules a retry; false if none is allowed. */
    boolean retry() {
        return retry(false);
    }

    private boolean retry(boolean nothingSent) {
        if (!isReplayable() || exchange.halfClosed || !retries().schedule(nothingSent, this::startAfterBackoff)) {
            return false;
        }
        abandonAttempt();
        exchange.phase = ExchangePhase.BACKOFF;
        exchange.timer.update();
        return true;
    }

    private void startAfterBackoff() {
        if (exchange.phase == ExchangePhase.BACKOFF) {
            startAttempt(false, exchange.endpoint);
        }
    }

    private boolean isReplayable() {
        return exchange.body.isReplayable() && !exchange.response.interimSent();
    }

    private Retries retries() {
        if (retries == null) {
            retries = Retries.of(exchange.rule, exchange.context, exchange.record);
        }
        return retries;
    }

    private void abandonAttempt() {
        attempt.abandon();
        exchange.timer.requestSent(0);
    }
}

package io.proxyroute.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.proxyroute.contract.telemetry.LedgerSummary.ResourceKind;
import io.proxyroute.proxy.stream.ClientEvents;
import io.proxyroute.proxy.stream.ClientStream;
import io.proxyroute.proxy.stream.EndCause;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request and its response. Confined to the event loop of its client connection.
 *
 * <pre>
 *   STARTING --no rule, malformed------------------------------------------------> end
 *      |--rule has filters--> FILTERS --respond, fail---------------------------> end
 *      |--request has a body--> GATHERING --malformed, client gone--------------> end
 *      '----------------------'--proceed--> ACQUIRING --none in time------------> end
 *                                  ^            | lease
 *                               BACKOFF <--retry-- AWAITING_RESPONSE --timeout--> end
 *                                                   | head
 *                                               RESPONDING --cut-----------------> end
 *                                                   | last byte
 *                                                FLUSHING --sent, cut-------------> end
 * </pre>
 *
 * A response is flushing if the client's socket has no room for its last bytes. The connection to the backend is
 * returned meanwhile, and the record stays open, since it accounts for the bytes.
 *
 * {@link #end} is the only exit: it closes the record, which releases the lease, the timer, the buffers and all resources of
 * filters.
 */
final class Exchange extends ExchangeState
        implements ClientEvents, FilterStage.Listener, BodyGathering.Listener, Attempts.Listener, ExchangeTimer.Owner {

    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    /** Null if the rule has no custom filters. */
    private FilterStage filters;

    /** Null if the body is not gathered. */
    private BodyGathering gathering;
    /** Null until the rule is found. */
    private Attempts attempts;
    /** The client's address, if the request counts against its limit; null otherwise. */
    private String countedClient;
    /** How the exchange ends if the client reads the rest of the response; null before the response is complete. */
    private EndCause outcome;

    Exchange(LoopContext context, ServingState serving, ListenerConfig listener, ClientStream client, Head request) {
        super(context, serving, listener, client, request);
        serving.enter(context.number);
        context.add(LoopContext.IN_FLIGHT, 1);
    }

    // --- start

    void begin() {
        target = RequestTarget.of(request);
        if (target.fault() != null) {
            client.abandonRequest();
            respondWithError(target.fault());
            return;
        }
        if (listener.hostnames().matches(target.host())) {
            rule = serving.table().find(request, target.path(), target.query());
        }
        if (rule == null) {
            respondWithError(EndCause.NO_RULE);
        } else if (serving.via().isLoop(request)) {
            respondWithError(EndCause.LOOP_DETECTED);
        } else if (!RequestRewriter.decrementMaxForwards(request)) {
            respondWithError(EndCause.NOT_SUPPORTED);
        } else if (request.length() > serving.bodyLimitBytes()) {
            client.abandonRequest();
            respondWithError(EndCause.BODY_TOO_LARGE);
        } else if (!enterClientLimit()) {
            client.abandonRequest();
            respondWithError(EndCause.TOO_MANY_REQUESTS);
        } else if (RequestTarget.requiresUpgrade(request)) {
            client.abandonRequest();
            respondWithError(EndCause.UPGRADE_NOT_SUPPORTED);
        } else {
            applyRule();
        }
    }

    /** Counts the request against its client's limit, if there is one; false if the limit is reached. */
    private boolean enterClientLimit() {
        if (serving.clientLimit() == 0) {
            return true;
        }
        boolean entered = context.clients.enter(clientAddress, serving.clientLimit());
        countedClient = entered ? clientAddress : null;
        return entered;
    }

    private void applyRule() {
        ServingState.RuleRuntime runtime = serving.runtime(rule);
        serving.trust().apply(request, client.peer(), listener.port());
        RequestRewriter.prepare(request, rule, serving.via(), trace);
        body = new RequestBody(request, record);
        attempts = new Attempts(this, runtime, this);
        timer = new ExchangeTimer(this, rule, context.wheel, startNanos);
        record.track(ResourceKind.CLOSEABLE, null, timer);
        if (runtime.filters() == null) {
            gatherOrStart();
        } else {
            filters = new FilterStage(this, this);
            phase = ExchangePhase.FILTERS;
            timer.update();
            filters.start(runtime.filters());
        }
    }

    private void gatherOrStart() {
        gathering = BodyGathering.start(this, this);
        if (gathering == null) {
            attempts.start();
        } else {
            phase = ExchangePhase.GATHERING;
            timer.update();
            client.demand(true);
        }
    }

    // --- from the client

    @Override
    public void content(ByteBuf data, boolean last) {
        if (phase == ExchangePhase.FLUSHING) {
            client.consumed(data.readableBytes());
            data.release();
            return;
        }
        if (!shouldForward(data, last)) {
            return;
        }
        if (phase == ExchangePhase.GATHERING) {
            client.consumed(data.readableBytes());
            gathering.add(data, last);
            return;
        }
        BackendAttempt attempt = attempts.leasedAttempt();
        if (attempt == null) {
            data.release();
            return;
        }
        attempt.forward(data, last);
        if (last || !attempt.isWritable()) {
            timer.update(); // now waiting for the backend
        }
    }

    @Override
    public void trailers(Fields trailers) {
        if (phase == ExchangePhase.FLUSHING || !shouldForward(Unpooled.EMPTY_BUFFER, true)) {
            return;
        }
        if (phase == ExchangePhase.GATHERING) {
            gathering.end(trailers);
        } else if (attempts.leasedAttempt() != null) {
            attempts.leasedAttempt().forward(trailers);
            timer.update();
        }
    }

    /** Accounts for a received part of the body; false if it was discarded or consumed by a filter. */
    private boolean shouldForward(ByteBuf data, boolean last) {
        inReadPass = true;
        int count = data.readableBytes();
        body.received(count, last);
        requestBytes = body.bytes();
        if (requestBytes > serving.bodyLimitBytes()) {
            data.release();
            client.abandonRequest();
            failOrCut(EndCause.BODY_TOO_LARGE, EndCause.BODY_TOO_LARGE);
            return false;
        }
        if (body.isDiscarding()) {
            data.release();
            client.consumed(count);
            return false;
        }
        timer.requestProgressed(context.nanoTime());
        if (filters != null && filters.offer(data, last)) {
            client.consumed(count);
            timer.update(); // now waiting for the filter
            return false;
        }
        return true;
    }

    @Override
    public void readComplete() {
        inReadPass = false;
        if (phase == ExchangePhase.GATHERING) {
            gathering.readPassEnded();
            return;
        }
        BackendAttempt attempt = attempts.leasedAttempt();
        if (attempt != null && attempt.flush()) {
            timer.requestSent(attempt.pendingBytes());
        }
    }

    @Override
    public void writabilityChanged() {
        if (attempts.leasedAttempt() != null) {
            attempts.leasedAttempt().clientWritabilityChanged();
        }
    }

    @Override
    public void halfClosed() {
        halfClosed = true;
        timer.update();
    }

    @Override
    public void failed(EndCause why) {
        switch (why) {
            case CLIENT_GONE, SHUTDOWN, OVERLOADED, INTERNAL -> end(why);
            default -> failOrCut(why, why);
        }
    }

    // --- from the gathering

    @Override
    public void gathered() {
        if (!body.isComplete()) {
            client.demand(false); // until a connection is acquired
        }
        attempts.start();
    }

    // --- from the filters

    @Override
    public void bodyRequested() {
        response.sendContinue();
        timer.requestProgressed(context.nanoTime()); // now waiting for the client
        timer.update();
        client.demand(true);
    }

    @Override
    public void proceed() {
        response.removeExpectIfContinued();
        attempts.start();
    }

    @Override
    public void respond(int status, Fields fields, ByteBuf content) {
        responseHeadNanos = context.nanoTime() - startNanos;
        response.send(status, fields, content);
        finish(EndCause.FILTER_RESPONDED);
    }

    // --- from a backend

    @Override
    public void responseStarted(Head head) {
        phase = ExchangePhase.RESPONDING;
        if (gathering != null) {
            gathering.discard();
        }
        long now = context.nanoTime();
        responseHeadNanos = now - startNanos;
        timer.responseProgressed(now, client.pendingBytes());
        timer.update();
        response.head(head, rule);
    }

    @Override
    public void completed() {
        finish(EndCause.COMPLETED);
    }

    @Override
    public void attemptsFailed(EndCause why) {
        if (why == EndCause.CLIENT_STALLED) {
            end(why); // the pool needs the connection
        } else if (why == EndCause.LEASE_ABANDONED) {
            timedOut(timer.idleCause());
        } else {
            failOrCut(why, EndCause.RESPONSE_CUT);
        }
    }

    // --- end

    /** Sends an error response, or cuts a response that has started. */
    private void failOrCut(EndCause beforeHead, EndCause afterHead) {
        if (phase == ExchangePhase.RESPONDING || phase == ExchangePhase.FLUSHING) {
            end(afterHead);
        } else {
            respondWithError(beforeHead);
        }
    }

    @Override
    public void filtersFailed(EndCause why) {
        respondWithError(why);
    }

    /** Sends an error response and ends the exchange. */
    void respondWithError(EndCause why) {
        if (phase != ExchangePhase.ENDED && phase != ExchangePhase.FLUSHING) {
            responseHeadNanos = context.nanoTime() - startNanos;
            response.error(why, trace.traceId());
            finish(why);
        }
    }

    /** The response is complete: ends the exchange once its last bytes are sent. */
    private void finish(EndCause why) {
        if (attempts != null) {
            attempts.finish();
        }
        client.flush();
        if (phase == ExchangePhase.ENDED) {
            return;
        }
        outcome = why;
        if (startFlushing()) {
            client.demand(true); // and discard: a client may read only after it has sent its body
            client.whenFlushed(this::flushed);
        } else {
            end(why);
        }
    }

    /** Keeps the exchange open for the last bytes; false if there are none, or no deadline: then the connection waits. */
    private boolean startFlushing() {
        if (timer == null || client.pendingBytes() == 0) {
            return false;
        }
        phase = ExchangePhase.FLUSHING;
        timer.responseProgressed(context.nanoTime(), client.pendingBytes());
        timer.update();
        return timer.isArmed();
    }

    private void flushed() {
        if (phase == ExchangePhase.FLUSHING) {
            end(outcome);
        }
    }

    @Override
    public void timedOut(EndCause why) {
        switch (why) {
            case CLIENT_GONE -> end(why);
            case STREAM_TIMEOUT, STREAM_IDLE, CLIENT_STALLED -> {
                if (waitingFor() == ExchangeTimer.WaitingFor.REQUEST_BODY) {
                    timedOut(EndCause.CLIENT_IDLE);
                } else {
                    failOrCut(EndCause.REQUEST_TIMEOUT, why);
                }
            }
            case CLIENT_IDLE, CLIENT_SLOW -> {
                client.abandonRequest();
                respondWithError(why);
            }
            case BACKEND_TIMEOUT -> {
                if (!idempotent() || !attempts.retry()) {
                    respondWithError(why);
                }
            }
            default -> respondWithError(why);
        }
    }

    /** Ends the client's stream even if an {@link Error} is thrown here. */
    private void end(EndCause why) {
        if (phase == ExchangePhase.ENDED) {
            return;
        }
        boolean unsent = phase == ExchangePhase.FLUSHING && why != outcome;
        phase = ExchangePhase.ENDED;
        cause = why;
        endNanos = context.nanoTime();
        try {
            release(why);
        } finally {
            try {
                context.ended(this);
            } catch (Throwable t) {
                LOG.error("A listener of ended exchanges failed.", t);
            } finally {
                if (unsent) {
                    client.abort(why);
                } else {
                    client.end(why);
                }
            }
        }
    }

    private void release(EndCause why) {
        try {
            if (attempts != null) {
                attempts.ended();
            }
            record.end(why);
            if (filters != null) {
                filters.ended();
            }
        } finally {
            serving.leave(context.number);
            if (countedClient != null) {
                context.clients.leave(countedClient);
            }
        }
    }

    // --- for the timer

    /** A gRPC stream may be silent for as long as {@code timeouts.idle} allows. */
    @Override
    public boolean mayUploadSlowly() {
        return BodyGathering.isGrpc(request.fields());
    }

    @Override
    public void timerFailed(Throwable failure) {
        try {
            LOG.error("A deadline of an exchange failed.", failure);
        } finally {
            failOrCut(EndCause.INTERNAL, EndCause.INTERNAL);
        }
    }

    @Override
    public boolean isHalfClosed() {
        return halfClosed;
    }

    @Override
    public long responsePending() {
        return client.pendingBytes();
    }

    @Override
    public long requestPending() {
        return attempts.pendingBytes();
    }

    @Override
    public ExchangeTimer.WaitingFor waitingFor() {
        return switch (phase) {
            case STARTING, ACQUIRING, BACKOFF, ENDED -> ExchangeTimer.WaitingFor.ATTEMPT;
            case GATHERING -> ExchangeTimer.WaitingFor.REQUEST_BODY;
            case FILTERS ->
                filters.isReading() ? ExchangeTimer.WaitingFor.REQUEST_BODY : ExchangeTimer.WaitingFor.ATTEMPT;
            case AWAITING_RESPONSE -> waitingForBackend();
            case RESPONDING, FLUSHING -> ExchangeTimer.WaitingFor.RESPONSE_BODY;
        };
    }

    private ExchangeTimer.WaitingFor waitingForBackend() {
        if (!body.isStreaming() || client.awaitsContinue()) {
            return ExchangeTimer.WaitingFor.RESPONSE_HEAD;
        }
        BackendAttempt attempt = attempts.leasedAttempt();
        return attempt != null && attempt.isWritable()
                ? ExchangeTimer.WaitingFor.REQUEST_BODY
                : ExchangeTimer.WaitingFor.BACKEND_WRITABLE;
    }
}

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
 *   begin --no rule, malformed--------------------------------------------> end
 *     |--rule has filters--> FILTERS --respond, fail--------------------> end
 *     '----------------------'--proceed--> CONNECTION --none in time----> end
 *                                 ^            | lease
 *                              BACKOFF <--retry-- HEAD --timeout, reset--> end
 *                                                  | head
 *                                                 REST --last byte, cut--> end
 * </pre>
 *
 * {@link #end} is the one way out: it closes the record, which releases the lease, the timer, the buffers and whatever the
 * filters hold.
 */
final class Exchange extends ExchangeState
        implements ClientEvents, FilterStage.Listener, Attempts.Listener, ExchangeTimer.Owner {

    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    /** Null where the rule has no custom filters. */
    private FilterStage filters;

    /** Null until the rule is found. */
    private Attempts tries;

    Exchange(LoopContext context, ServingState serving, ListenerConfig listener, ClientStream client, Head request) {
        super(context, serving, listener, client, request);
        serving.enter(context.number);
        context.add(LoopContext.IN_FLIGHT, 1);
    }

    // --- the way in

    void begin() {
        target = RequestTarget.of(request);
        if (target.fault() != null) {
            client.abandonRequest();
            refuse(target.fault());
            return;
        }
        if (listener.hostnames().matches(target.host())) {
            rule = serving.table().find(request, target.path(), target.query());
        }
        if (rule == null) {
            refuse(EndCause.NO_RULE);
        } else if (serving.via().isLoop(request)) {
            refuse(EndCause.LOOP_DETECTED);
        } else if (!RequestRules.countHop(request)) {
            refuse(EndCause.NOT_SUPPORTED);
        } else {
            applyRule();
        }
    }

    private void applyRule() {
        ServingState.RuleRuntime runtime = serving.runtime(rule);
        RequestRules.prepare(request, rule, serving.via(), trace, client.peer().host());
        body = new RequestBody(request, record);
        tries = new Attempts(this, runtime, this);
        timer = new ExchangeTimer(this, rule, context.wheel, startNanos);
        record.track(ResourceKind.CLOSEABLE, null, timer);
        if (runtime.filters() == null) {
            tries.start();
        } else {
            filters = new FilterStage(this, this);
            phase = ExchangePhase.FILTERS;
            timer.update();
            filters.start(runtime.filters());
        }
    }

    // --- from the client

    @Override
    public void content(ByteBuf data, boolean last) {
        if (!takesArrived(data, last)) {
            return;
        }
        BackendAttempt attempt = tries.connected();
        if (attempt == null) {
            data.release();
            return;
        }
        attempt.forward(data, last);
        if (last || !attempt.isWritable()) {
            timer.update(); // it is the backend's turn now
        }
    }

    @Override
    public void trailers(Fields trailers) {
        if (takesArrived(Unpooled.EMPTY_BUFFER, true) && tries.connected() != null) {
            tries.connected().forward(trailers);
            timer.update();
        }
    }

    /** Counts a part of the body that has arrived; false where it is discarded or goes to a filter. */
    private boolean takesArrived(ByteBuf data, boolean last) {
        inReadPass = true;
        int count = data.readableBytes();
        body.arrive(count, last);
        requestBytes = body.bytes();
        if (body.isUnwanted()) {
            data.release();
            client.consumed(count);
            return false;
        }
        timer.requestMoved(context.nanoTime());
        if (filters != null && filters.take(data, last)) {
            client.consumed(count);
            timer.update(); // it is the filter's turn now
            return false;
        }
        return true;
    }

    @Override
    public void readComplete() {
        inReadPass = false;
        BackendAttempt attempt = tries.connected();
        if (attempt != null && attempt.flush()) {
            timer.requestSent(attempt.pendingBytes());
        }
    }

    @Override
    public void writabilityChanged() {
        if (tries.connected() != null) {
            tries.connected().clientWritabilityChanged();
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
            case CLIENT_GONE, SHUTDOWN, INTERNAL -> end(why);
            default -> refuseOrCut(why, why);
        }
    }

    // --- from the filters

    @Override
    public void bodyRequested() {
        response.askForBody();
        timer.requestMoved(context.nanoTime()); // the client's turn begins now
        timer.update();
        client.demand(true);
    }

    @Override
    public void proceed() {
        response.settleExpectation();
        tries.start();
    }

    @Override
    public void respond(int status, Fields fields, ByteBuf content) {
        headNanos = context.nanoTime() - startNanos;
        response.send(status, fields, content);
        end(EndCause.FILTER_RESPONDED);
    }

    // --- from a backend

    @Override
    public void responseBegins(Head head) {
        phase = ExchangePhase.REST;
        long now = context.nanoTime();
        headNanos = now - startNanos;
        timer.responseMoved(now, client.pendingBytes());
        timer.update();
        response.head(head, rule);
    }

    @Override
    public void completed() {
        end(EndCause.COMPLETED);
    }

    @Override
    public void attemptsFailed(EndCause why) {
        if (why == EndCause.LEASE_ABANDONED) {
            timedOut(timer.silence());
        } else {
            refuseOrCut(why, EndCause.RESPONSE_CUT);
        }
    }

    // --- the way out

    /** Responds in the backend's place, or cuts a response that has started. */
    private void refuseOrCut(EndCause before, EndCause after) {
        if (phase == ExchangePhase.REST) {
            end(after);
        } else {
            refuse(before);
        }
    }

    @Override
    public void refuse(EndCause why) {
        if (phase != ExchangePhase.ENDED) {
            headNanos = context.nanoTime() - startNanos;
            response.error(why, trace.traceId());
            end(why);
        }
    }

    @Override
    public void timedOut(EndCause why) {
        switch (why) {
            case CLIENT_GONE -> end(why);
            case STREAM_TIMEOUT, STREAM_IDLE, CLIENT_STALLED -> {
                if (phase != ExchangePhase.REST && waits() == ExchangeTimer.Waits.FOR_BODY) {
                    timedOut(EndCause.CLIENT_IDLE);
                } else {
                    refuseOrCut(EndCause.REQUEST_TIMEOUT, why);
                }
            }
            case CLIENT_IDLE -> {
                client.abandonRequest();
                refuse(why);
            }
            case BACKEND_TIMEOUT -> {
                if (!idempotent() || !tries.retry()) {
                    refuse(why);
                }
            }
            default -> refuse(why);
        }
    }

    /** Whatever fails here, be it an {@link Error}: the client's stream ends. */
    private void end(EndCause why) {
        if (phase == ExchangePhase.ENDED) {
            return;
        }
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
                client.end(why);
            }
        }
    }

    private void release(EndCause why) {
        try {
            if (tries != null) {
                tries.ended();
            }
            record.end(why);
            if (filters != null) {
                filters.ended();
            }
        } finally {
            serving.leave(context.number);
        }
    }

    // --- for the timer

    @Override
    public void timerFailed(Throwable failure) {
        try {
            LOG.error("A deadline of an exchange failed.", failure);
        } finally {
            refuseOrCut(EndCause.INTERNAL, EndCause.INTERNAL);
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
        return tries.pendingBytes();
    }

    @Override
    public ExchangeTimer.Waits waits() {
        return switch (phase) {
            case BEGIN, CONNECTION, BACKOFF, ENDED -> ExchangeTimer.Waits.FOR_ATTEMPT;
            case FILTERS -> filters.isReading() ? ExchangeTimer.Waits.FOR_BODY : ExchangeTimer.Waits.FOR_ATTEMPT;
            case HEAD -> turn();
            case REST -> ExchangeTimer.Waits.FOR_REST;
        };
    }

    private ExchangeTimer.Waits turn() {
        if (!body.isStreaming() || client.awaitsContinue()) {
            return ExchangeTimer.Waits.FOR_HEAD;
        }
        BackendAttempt attempt = tries.connected();
        return attempt != null && attempt.isWritable() ? ExchangeTimer.Waits.FOR_BODY : ExchangeTimer.Waits.FOR_ROOM;
    }
}

package io.proxyroute.proxy.http;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.proxyroute.contract.telemetry.LedgerSummary.ResourceKind;
import io.proxyroute.proxy.ledger.ExchangeRecord;
import io.proxyroute.proxy.pool.Acquire;
import io.proxyroute.proxy.pool.AcquireListener;
import io.proxyroute.proxy.pool.Lease;
import io.proxyroute.proxy.pool.ResponseListener;
import io.proxyroute.proxy.stream.EndCause;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request and its answer. Confined to the event loop of its client connection.
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
 * filters hold. It is long because it is the one place where the two sides meet; what can be decided without them is
 * elsewhere.
 */
final class Exchange extends ExchangeFacts implements AcquireListener, ResponseListener {

    /** Stands for a request whose head never came. */
    static final HttpRequest NO_HEAD = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.valueOf("-"), "-");

    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    private enum Phase {
        BEGUN("begun"),
        FILTERS("runs filters"),
        CONNECTION("waits for a connection"),
        BACKOFF("pauses before a retry"),
        HEAD("waits for the backend's answer"),
        REST("streams the answer"),
        ENDED("ended");

        private final String words;

        Phase(String words) {
            this.words = words;
        }
    }

    private final LoopContext worker;
    private final ExchangeRecord record;
    private final ClientResponseWriter client;

    private ServingState.RuleRuntime runtime;
    private ExchangeTimer timer;
    private Phase phase = Phase.BEGUN;
    private boolean halfClosed;

    private RequestBody body;
    /** Null where the rule has no custom filters. */
    private FilterStage filters;

    private BackendRequestWriter toBackend;
    private Retries retries;
    private boolean staleRetried;

    Exchange(ClientConnection connection, ServingState state, HttpRequest request) {
        super(connection, state, request, connection.worker().nanoTime());
        this.worker = connection.worker();
        this.client = new ClientResponseWriter(connection, request);
        state.enter(worker.number);
        worker.add(LoopContext.IN_FLIGHT, 1);
        this.record = worker.ledger.open(this);
    }

    // --- the way in

    void begin() {
        trace = TraceContext.of(request.headers().get(OutboundRequest.TRACEPARENT));
        if (request.decoderResult().isFailure()) {
            fault(request.decoderResult().cause());
            return;
        }
        client.understood();
        target = RequestTarget.of(request);
        if (target.fault() != null) {
            refuse(target.fault(), false);
            return;
        }
        body = new RequestBody(request, record);
        toBackend = new BackendRequestWriter(connection, record, body);
        if (connection.listener().under(state).hostnames().matches(target.host())) {
            rule = state.table().find(request.method().name(), target.path(), target.query(), request.headers());
        }
        if (rule == null) {
            refuse(EndCause.NO_RULE, true);
            return;
        }
        if (!OutboundRequest.mayGoOn(request)) {
            refuse(EndCause.NOT_SUPPORTED, true);
            return;
        }
        runtime = state.runtime(rule);
        OutboundRequest.prepare(request, target, trace, connection.clientAddress());
        OutboundRequest.edit(request, rule);
        timer = new ExchangeTimer(this, rule, startNanos);
        record.track(ResourceKind.CLOSEABLE, null, timer);
        if (!body.none()) {
            connection.holdBody();
        }
        if (runtime.filters() != null) {
            filters = new FilterStage(this, body);
            phase = Phase.FILTERS;
            timer.update();
            filters.start(runtime.filters());
        } else {
            connect(false);
        }
    }

    /** The request breaks the rules, in its head or later. */
    void fault(Throwable why) {
        EndCause as = RequestTarget.fault(why);
        if (phase == Phase.REST) {
            end(as);
            connection.cut();
        } else {
            refuse(as, false);
        }
    }

    void headersTimedOut() {
        trace = TraceContext.of(null);
        refuse(EndCause.HEADERS_TIMEOUT, false);
    }

    // --- the request's body

    /** Takes the content over. */
    void requestContent(HttpContent content, boolean last) {
        if (content.decoderResult().isFailure()) {
            Throwable why = content.decoderResult().cause();
            content.release();
            fault(why);
            return;
        }
        if (body == null) {
            content.release(); // of a request that was refused
            return;
        }
        body.arrives(content);
        requestBytes = body.bytes();
        if (last && body.none()) {
            content.release(); // was sent with the head
            return;
        }
        if (!body.unwanted()) {
            timer.requestMoved(worker.nanoTime());
        }
        if (filters != null && filters.take(content)) {
            timer.update(); // it is the filter's turn now
            return;
        }
        if (!toBackend.connected() || body.unwanted()) {
            content.release();
            return;
        }
        toBackend.stream(content);
        if (last || !toBackend.writable()) {
            timer.update(); // it is the backend's turn now
        }
    }

    void requestReadComplete() {
        if (toBackend != null && toBackend.flush()) {
            timer.requestSent(toBackend.pendingBytes());
        }
    }

    // --- for the stage of filters

    ClientConnection connection() {
        return connection;
    }

    ExchangeRecord record() {
        return record;
    }

    HttpRequest request() {
        return request;
    }

    String route() {
        return state.route();
    }

    String childTraceparent() {
        return trace.child();
    }

    List<String> backends() {
        return rule.backends();
    }

    long deadlineNanos() {
        return timer.requestDue();
    }

    boolean over() {
        return phase == Phase.ENDED;
    }

    /** The filters ask for more of the body. */
    void askForBody() {
        client.askForBody(requestBytes);
        timer.requestMoved(worker.nanoTime()); // the client's turn begins now
        timer.update();
        connection.wantBody();
    }

    /** The filters let the request go on. */
    void proceed() {
        client.settleExpectation();
        connect(false);
    }

    /** The filters answer in the backend's place. */
    void answer(FullHttpResponse whole, EndCause as) {
        answerWhole(whole, as, true);
    }

    /** The request is sound, and is not runtime. */
    void refuse(EndCause why) {
        refuse(why, true);
    }

    // --- to a backend

    private void connect(boolean fresh) {
        if (pool == null || !fresh) {
            int index = rule.pick(worker.random);
            pool = index < 0 ? null : runtime.pools().get(index);
        }
        if (pool == null) {
            refuse(EndCause.NO_BACKEND, true);
            return;
        }
        phase = Phase.CONNECTION;
        timer.update();
        Acquire acquire = pool.acquire(worker.loop, timer.requestDue(), fresh, this);
        if (phase == Phase.CONNECTION) {
            record.track(ResourceKind.CLOSEABLE, pool.id(), acquire);
        }
    }

    @Override
    public void acquired(Lease granted) {
        toBackend.granted(granted);
        endpoint = granted.endpoint();
        attempts++;
        phase = Phase.HEAD;
        long now = worker.nanoTime();
        timer.attempt(now);
        long due = timer.attemptDue();
        if (due != Long.MAX_VALUE) {
            request.headers()
                    .set(OutboundRequest.TIMEOUT, Long.toString(Math.max(1, TimeUnit.NANOSECONDS.toMillis(due - now))));
        }
        toBackend.send(this);
        if (phase == Phase.HEAD) {
            timer.requestSent(toBackend.pendingBytes());
        }
    }

    // --- from a backend

    @Override
    public void interim(HttpResponse head) {
        if (phase != Phase.HEAD) {
            return;
        }
        if (client.interim(head, requestBytes)) {
            timer.requestMoved(worker.nanoTime()); // the body's turn begins now
        }
        if (!connection.writable()) {
            toBackend.pause();
        }
    }

    @Override
    public void head(HttpResponse head) {
        if (retries().codes(head.status().code()) && idempotent() && retry(EndCause.BACKEND_RESET, true)) {
            return;
        }
        phase = Phase.REST;
        long now = worker.nanoTime();
        headNanos = now - startNanos;
        timer.answerMoved(now, connection.pendingBytes());
        timer.update();
        status = head.status().code();
        client.head(head, rule, bodyInDoubt());
    }

    /** Whether nobody can tell if the client will still send the body that it asked leave for. */
    private boolean bodyInDoubt() {
        return client.awaitsContinue(requestBytes) && (body == null || !body.arrived());
    }

    @Override
    public void content(HttpContent content) {
        responseBytes += content.content().readableBytes();
        boolean last = content instanceof LastHttpContent;
        if (last) {
            HopByHop.stripTrailers(((LastHttpContent) content).trailingHeaders());
        }
        connection.write(content);
        if (last) {
            end(EndCause.COMPLETED);
            connection.exchangeEnded(client.keepsAlive());
        } else if (!connection.writable()) {
            toBackend.pause();
        }
    }

    @Override
    public void readComplete() {
        connection.flush();
        if (phase != Phase.ENDED) {
            timer.answerMoved(worker.nanoTime(), connection.pendingBytes());
        }
    }

    @Override
    public void writabilityChanged() {
        if (!toBackend.writable()) {
            return;
        }
        timer.requestMoved(worker.nanoTime()); // the backend took some
        timer.requestSent(toBackend.pendingBytes());
        if (body.streams()) {
            connection.wantBody(); // it is the client's turn
        }
    }

    void clientWritabilityChanged() {
        if (toBackend != null && toBackend.connected() && connection.writable()) {
            timer.answerMoved(worker.nanoTime(), connection.pendingBytes());
            toBackend.resume();
        }
    }

    /** AcquireListener and ResponseListener: no connection, or no answer on it. */
    @Override
    public void failed(EndCause why) {
        if (why == EndCause.LEASE_ABANDONED) {
            timedOut(timer.silence());
            return;
        }
        if (phase == Phase.REST) {
            end(EndCause.RESPONSE_CUT);
            connection.cut();
            return;
        }
        boolean reset = why == EndCause.BACKEND_RESET;
        if (reset && toBackend.reused() && !staleRetried && idempotent() && replayable()) {
            // The backend closed the connection just as it was used again (RFC 9112, section 9.3.1).
            staleRetried = true;
            giveUpLease();
            connect(true);
            return;
        }
        boolean safe = why == EndCause.CONNECT_FAILED || reset && idempotent();
        if (!safe || !retry(why, false)) {
            refuse(why, true);
        }
    }

    @Override
    public boolean stalledSince(long nanos) {
        return !timer.armed() && timer.movedNanos() - nanos <= 0;
    }

    private boolean idempotent() {
        return Retries.idempotent(request.method());
    }

    /** Whether the request can be sent once more: nothing of the client's body has gone out. */
    private boolean replayable() {
        return body.replayable() && !client.interimSent();
    }

    private void giveUpLease() {
        toBackend.giveUp();
        timer.requestSent(0);
    }

    // --- retries

    private Retries retries() {
        if (retries == null) {
            retries = Retries.of(rule, worker, record);
        }
        return retries;
    }

    /** Whether another attempt was begun, or will be after a pause. */
    private boolean retry(EndCause why, boolean answered) {
        if (!replayable() || halfClosed || !retries().another(this::retryNow)) {
            return false;
        }
        if (toBackend.connected()) {
            giveUpLease();
        }
        if (answered) {
            status = 0;
        }
        phase = Phase.BACKOFF;
        timer.update();
        return true;
    }

    private void retryNow() {
        if (phase == Phase.BACKOFF) {
            connect(false);
        }
    }

    // --- the way out

    private void refuse(EndCause why, boolean sound) {
        FullHttpResponse answer = OutboundResponse.error(connection.channel(), why, trace.traceId());
        answerWhole(answer, why, sound);
    }

    /** Answers in the backend's place and ends the exchange. */
    private void answerWhole(FullHttpResponse answer, EndCause why, boolean sound) {
        if (phase == Phase.ENDED) {
            answer.release();
            return;
        }
        status = answer.status().code();
        headNanos = worker.nanoTime() - startNanos;
        responseBytes = client.whole(answer, sound, bodyInDoubt());
        end(why);
        connection.exchangeEnded(client.keepsAlive());
    }

    void timedOut(EndCause why) {
        switch (why) {
            case CLIENT_GONE -> {
                end(why);
                connection.cut();
            }
            case STREAM_TIMEOUT, STREAM_IDLE, CLIENT_STALLED -> {
                if (phase == Phase.REST) {
                    end(why);
                    connection.cut();
                } else if (waits() == ExchangeTimer.Waits.FOR_BODY) {
                    refuse(EndCause.CLIENT_IDLE, false);
                } else {
                    refuse(EndCause.REQUEST_TIMEOUT, true);
                }
            }
            case BACKEND_TIMEOUT -> {
                if (!idempotent() || !retry(why, false)) {
                    refuse(why, true);
                }
            }
            default -> refuse(why, why != EndCause.CLIENT_IDLE);
        }
    }

    void clientHalfClosed(boolean requestComplete) {
        if (!requestComplete) {
            end(EndCause.CLIENT_GONE);
            connection.cut();
            return;
        }
        halfClosed = true;
        client.halfClosed();
        if (timer != null) {
            timer.update();
        }
    }

    void clientGone() {
        end(EndCause.CLIENT_GONE);
    }

    void shutDown() {
        end(EndCause.SHUTDOWN);
    }

    /** A fault in the proxy; its connection is closed. */
    void broken() {
        end(EndCause.INTERNAL);
    }

    private void end(EndCause why) {
        if (phase == Phase.ENDED) {
            return;
        }
        phase = Phase.ENDED;
        cause = why;
        endNanos = worker.nanoTime();
        if (toBackend != null) {
            toBackend.forget();
        }
        record.end(why);
        if (filters != null) {
            filters.ended();
        }
        state.leave(worker.number);
        try {
            worker.ended(this);
        } catch (RuntimeException e) {
            LOG.error("a listener of ended exchanges failed", e);
        }
    }

    // --- for the timer

    LoopContext worker() {
        return worker;
    }

    boolean halfClosed() {
        return halfClosed;
    }

    /** Of the answer, not yet taken by the client's socket. */
    long answerPending() {
        return connection.pendingBytes();
    }

    /** Of the request, not yet taken by the backend's socket. */
    long requestPending() {
        return toBackend.pendingBytes();
    }

    ExchangeTimer.Waits waits() {
        return switch (phase) {
            case BEGUN, CONNECTION, BACKOFF, ENDED -> ExchangeTimer.Waits.FOR_ATTEMPT;
            case FILTERS -> filters.reading() ? ExchangeTimer.Waits.FOR_BODY : ExchangeTimer.Waits.FOR_ATTEMPT;
            case HEAD -> whoseTurn();
            case REST -> ExchangeTimer.Waits.FOR_REST;
        };
    }

    private ExchangeTimer.Waits whoseTurn() {
        if (!body.streams() || client.awaitsContinue(requestBytes)) {
            return ExchangeTimer.Waits.FOR_HEAD;
        }
        return toBackend.writable() ? ExchangeTimer.Waits.FOR_BODY : ExchangeTimer.Waits.FOR_ROOM;
    }

    // --- for who looks at it

    @Override
    String phaseWords() {
        return phase.words;
    }

    @Override
    long movedNanos() {
        return timer == null ? startNanos : timer.movedNanos();
    }
}

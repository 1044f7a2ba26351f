package io.proxyroute.proxy.filter;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.proxyroute.contract.diagnostics.ExchangeTable;
import io.proxyroute.proxy.http.FilterChain;
import io.proxyroute.proxy.http.FilterExchange;
import io.proxyroute.proxy.http.FilterRun;
import io.proxyroute.proxy.ledger.ExchangeRecord;
import io.proxyroute.proxy.ledger.Ledger;
import io.proxyroute.proxy.ledger.TrackedExchange;
import io.proxyroute.proxy.stream.EndCause;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import io.proxyroute.proxy.stream.Protocol;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** An exchange without sockets, on a real event loop and with a real ledger record. */
final class FakeExchange implements FilterExchange, TrackedExchange {

    /** The outcome of the filters as text. */
    final CompletableFuture<String> outcome = new CompletableFuture<>();

    final AtomicInteger reads = new AtomicInteger();
    final Head request = Head.request("POST", "", "/cart?item=7", Protocol.HTTP_1_1, Head.UNKNOWN, new Fields());

    /** Whether the client never ends its body. */
    volatile boolean endless;

    private final EventLoop loop;
    private final Ledger ledger;
    private final Deque<String> clientBody = new ArrayDeque<>();
    private ExchangeRecord record;
    private FilterRun run;

    FakeExchange(EventLoop loop, Ledger ledger, String... clientBody) {
        this.loop = loop;
        this.ledger = ledger;
        this.clientBody.addAll(List.of(clientBody));
    }

    /** Runs the chain and waits for its outcome. */
    String run(FilterChain chain) throws Exception {
        start(chain);
        return outcome.get(10, TimeUnit.SECONDS);
    }

    void start(FilterChain chain) throws Exception {
        loop.submit(() -> {
                    record = ledger.open(loop, this);
                    run = chain.start(this);
                })
                .get();
    }

    /** Ends the exchange, as a disconnect or a timeout would. */
    void end(EndCause cause) throws Exception {
        loop.submit(() -> {
                    record.end(cause);
                    run.ended();
                })
                .get();
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public ExchangeRecord record() {
        return record;
    }

    @Override
    public Head request() {
        return request;
    }

    @Override
    public String route() {
        return "shop/web";
    }

    @Override
    public String rule() {
        return "all";
    }

    @Override
    public String traceId() {
        return "0af7651916cd43dd8448eb211c80319c";
    }

    @Override
    public String childTraceparent() {
        return "00-" + traceId() + "-b7ad6b7169203331-01";
    }

    @Override
    public List<String> backends() {
        return List.of("shop/cart:80");
    }

    @Override
    public long deadlineNanos() {
        return Long.MAX_VALUE;
    }

    @Override
    public void readBody() {
        reads.incrementAndGet();
        String part = clientBody.poll();
        if (part != null || !endless) {
            ByteBuf content = Unpooled.copiedBuffer(part == null ? "" : part, StandardCharsets.UTF_8);
            run.body(content, clientBody.isEmpty() && !endless);
        }
    }

    @Override
    public void proceed(ByteBuf unread) {
        outcome.complete("proceed after '" + text(unread) + "' with " + clientBody + " to come");
    }

    @Override
    public void proceedWith(ByteBuf body) {
        outcome.complete("proceed with '" + text(body) + "'");
    }

    @Override
    public void respond(int status, Fields fields, ByteBuf body) {
        outcome.complete("respond " + status + " " + entries(fields) + " '" + text(body) + "'");
    }

    @Override
    public void fail(EndCause cause) {
        outcome.complete("fail " + cause);
    }

    @Override
    public ExchangeTable.Row describe(long nowNanos, List<String> held) {
        return new ExchangeTable.Row(traceId(), rule(), "POST", "/cart", null, 0, 0, "filters", held);
    }

    static List<Map.Entry<CharSequence, CharSequence>> entries(Fields fields) {
        List<Map.Entry<CharSequence, CharSequence>> entries = new ArrayList<>();
        fields.forEach(entries::add);
        return entries;
    }

    private static String text(ByteBuf buffer) {
        String text = buffer.toString(StandardCharsets.UTF_8);
        buffer.release();
        return text;
    }
}

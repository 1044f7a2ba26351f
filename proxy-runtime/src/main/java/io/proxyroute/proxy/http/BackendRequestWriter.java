package io.proxyroute.proxy.http;

import io.netty.handler.codec.http.HttpContent;
import io.proxyroute.contract.telemetry.LedgerSummary.ResourceKind;
import io.proxyroute.proxy.ledger.ExchangeRecord;
import io.proxyroute.proxy.ledger.OwnedResource;
import io.proxyroute.proxy.pool.Lease;
import io.proxyroute.proxy.pool.ResponseListener;

/**
 * The connection to a backend that one exchange has, and how the request goes out on it: no faster than it is taken, and
 * flushed once for all that was read in one go. Decides nothing else; the lease belongs to the exchange's record. Confined
 * to the loop of the exchange.
 */
final class BackendRequestWriter {

    private final ClientConnection connection;
    private final ExchangeRecord record;
    private final RequestBody body;

    /** Null between attempts. */
    private Lease lease;

    private OwnedResource holding;
    private boolean unflushed;

    BackendRequestWriter(ClientConnection connection, ExchangeRecord record, RequestBody body) {
        this.connection = connection;
        this.record = record;
        this.body = body;
    }

    /** Enters a lease in the record. */
    void granted(Lease granted) {
        lease = granted;
        holding = record.track(ResourceKind.LEASE, granted.backend(), granted);
    }

    /** Whether there is a connection. */
    boolean connected() {
        return lease != null;
    }

    /** Whether its connection has served or lain idle before, and may therefore turn out to be closed by its peer. */
    boolean reused() {
        return lease.reused();
    }

    /** Sends the head, and the body as far as it is here; then asks the client for the rest. */
    void send(ResponseListener listener) {
        body.send(lease, listener);
        if (connection.reading()) {
            unflushed = true;
        } else {
            lease.flush();
        }
        if (body.streams()) {
            connection.wantBody();
        }
    }

    /** Passes on a part of the client's body, which is taken over. */
    void stream(HttpContent content) {
        body.stream(lease, content);
        unflushed = true;
        if (!body.arrived() && !lease.writable()) {
            connection.holdBody();
        }
    }

    /** Sends what was written since the client's bytes began to be read; false where there was nothing. */
    boolean flush() {
        if (!unflushed || lease == null) {
            return false;
        }
        unflushed = false;
        lease.flush();
        return true;
    }

    /** Whether more of the request should be sent now. */
    boolean writable() {
        return lease != null && lease.writable();
    }

    /** Bytes of the request that the backend's socket has not taken yet. */
    long pendingBytes() {
        return lease == null ? 0 : lease.pendingBytes();
    }

    /** Stops reading the answer. */
    void pause() {
        lease.pause();
    }

    /** Goes on reading the answer. */
    void resume() {
        lease.resume();
    }

    /** Gives the connection back, for another attempt. */
    void giveUp() {
        forget();
        if (body.streams()) {
            connection.holdBody();
        }
        holding.release();
    }

    /** The record gives it back. */
    void forget() {
        lease = null;
        unflushed = false;
    }
}

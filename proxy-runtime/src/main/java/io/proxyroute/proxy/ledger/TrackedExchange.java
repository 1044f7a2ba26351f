package io.proxyroute.proxy.ledger;

import io.proxyroute.contract.diagnostics.ExchangeTable;
import java.util.List;

/** The exchange behind a ledger record, as leak reports and the table of exchanges show it. Called on the event loop. */
public interface TrackedExchange {

    /** The W3C trace id: 32 hexadecimal digits. */
    String traceId();

    /**
     * Describes the exchange; called only for a request for the table of exchanges.
     *
     * @param nowNanos the loop's clock
     * @param held a description of each resource that the record owns
     */
    ExchangeTable.Row describe(long nowNanos, List<String> held);
}

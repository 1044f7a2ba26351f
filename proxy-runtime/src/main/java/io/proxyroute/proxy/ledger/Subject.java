package io.proxyroute.proxy.ledger;

import io.proxyroute.contract.diagnostics.ExchangeTable;

/** What a record belongs to, as tables of exchanges in flight show it. */
public interface Subject {

    /** The W3C trace id: 32 hexadecimal digits. Called on the loop. */
    String traceId();

    /**
     * Describes the exchange. Called on the loop, and only when somebody asks for the table.
     *
     * @param nowNanos the loop's clock
     * @param held what the record owns, in words
     */
    ExchangeTable.Row describe(long nowNanos, java.util.List<String> held);
}

package io.proxyroute.proxy.http;

/** Receives ended exchanges, for the access log and the meters. Called on event loops; must not block or throw. */
@FunctionalInterface
public interface ExchangeListener {

    /**
     * An exchange has ended.
     *
     * @param exchange valid during the call only
     */
    void ended(EndedExchange exchange);
}

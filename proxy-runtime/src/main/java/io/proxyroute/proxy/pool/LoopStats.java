package io.proxyroute.proxy.pool;

/** What one event loop counts about a backend. The loop writes, any thread reads. */
final class LoopStats {

    final WaitTimes acquires = new WaitTimes();
    final WaitTimes responses = new WaitTimes();
    final LoopCounter timeouts = new LoopCounter();
    final LoopCounter suspected = new LoopCounter();
    final LoopCounter abandoned = new LoopCounter();
}

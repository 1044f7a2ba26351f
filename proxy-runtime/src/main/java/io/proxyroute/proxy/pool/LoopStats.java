package io.proxyroute.proxy.pool;

/** What one event loop counts about a backend. The loop writes, any thread reads. */
final class LoopStats {

    final WaitTimes acquireWaits = new WaitTimes();
    final WaitTimes responseWaits = new WaitTimes();
    final LoopCounter timeouts = new LoopCounter();
    final LoopCounter suspectedLeaks = new LoopCounter();
    final LoopCounter abandoned = new LoopCounter();
}

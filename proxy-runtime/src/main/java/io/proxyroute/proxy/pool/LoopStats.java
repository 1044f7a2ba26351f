package io.proxyroute.proxy.pool;

/** Statistics of a backend on one event loop. Written by the loop, read by any thread. */
final class LoopStats {

    final WaitTimes acquireWaits = new WaitTimes();
    final WaitTimes responseWaits = new WaitTimes();
    final LoopCounter timeouts = new LoopCounter();
    final LoopCounter suspectedLeaks = new LoopCounter();
    final LoopCounter abandoned = new LoopCounter();
}

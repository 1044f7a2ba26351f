package io.proxyroute.e2e;

import java.util.concurrent.Semaphore;

/**
 * A class's share of the node. JVMs that start side by side slow each other down until even a load generator is late, so
 * no more pods are started than a node of two cores can carry: fourteen at 50m, the operator, the backends and a
 * generator for each class ask for less than that. First come, first served.
 */
record NodeRoom(int pods) implements AutoCloseable {

    private static final int ALL = 14;
    private static final Semaphore FREE = new Semaphore(ALL, true);

    /** Waits until there is room for a test; one that asks for more than all waits for ever. */
    static NodeRoom enter(ClusterTest test) {
        FREE.acquireUninterruptibly(test.pods());
        return new NodeRoom(test.pods());
    }

    @Override
    public void close() {
        FREE.release(pods);
    }
}

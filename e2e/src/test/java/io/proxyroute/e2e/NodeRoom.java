package io.proxyroute.e2e;

import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * A class's share of the node. JVMs that start side by side slow each other down until even a load generator is late, so
 * no more pods are started than a node of two cores can carry. Of those that wait the largest comes first: it takes
 * longest, and nobody overtakes it.
 */
final class NodeRoom implements AutoCloseable {

    private static final Object LOCK = new Object();
    private static final PriorityQueue<NodeRoom> WAITING = new PriorityQueue<>(
            Comparator.comparingInt((NodeRoom room) -> room.pods).reversed());
    private static int free = 11;

    private final int pods;

    private NodeRoom(int pods) {
        this.pods = pods;
    }

    /** Waits until there is room for a test; one that asks for more than all waits for ever. */
    static NodeRoom enter(ClusterTest test) throws InterruptedException {
        NodeRoom room = new NodeRoom(test.pods());
        synchronized (LOCK) {
            WAITING.add(room);
            while (WAITING.peek() != room || free < room.pods) {
                LOCK.wait();
            }
            WAITING.remove(room);
            free -= room.pods;
            LOCK.notifyAll();
        }
        return room;
    }

    @Override
    public void close() {
        synchronized (LOCK) {
            free += pods;
            LOCK.notifyAll();
        }
    }
}

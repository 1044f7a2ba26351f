package io.proxyroute.e2e;

import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Limits how many proxy pods run at once, to what a node with two cores can handle. With more, the JVMs' startup slows the
 * load generators down until they miss their schedule. The largest waiting class goes first, because it takes longest; no
 * other class overtakes it. Closing releases the pods.
 */
final class NodeCapacity implements AutoCloseable {

    private static final Object LOCK = new Object();
    private static final PriorityQueue<NodeCapacity> WAITING = new PriorityQueue<>(
            Comparator.comparingInt((NodeCapacity request) -> request.pods).reversed());
    private static int freePods = 11;

    private final int pods;

    private NodeCapacity(int pods) {
        this.pods = pods;
    }

    /** Blocks until the pods of a class fit. A class that needs more than the total blocks forever. */
    static NodeCapacity acquire(ClusterTest test) throws InterruptedException {
        NodeCapacity request = new NodeCapacity(test.pods());
        synchronized (LOCK) {
            WAITING.add(request);
            while (WAITING.peek() != request || freePods < request.pods) {
                LOCK.wait();
            }
            WAITING.remove(request);
            freePods -= request.pods;
            LOCK.notifyAll();
        }
        return request;
    }

    @Override
    public void close() {
        synchronized (LOCK) {
            freePods += pods;
            LOCK.notifyAll();
        }
    }
}

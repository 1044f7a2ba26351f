package io.proxyroute.testbed.load;

/** One request and what became of it. Confined to the run's event loop. */
final class Exchange {

    final long id;
    final long scheduledNanos;
    private boolean over;

    Exchange(long id, long scheduledNanos) {
        this.id = id;
        this.scheduledNanos = scheduledNanos;
    }

    boolean isOver() {
        return over;
    }

    /** Ends it; true the first time only, so that nothing is counted twice. */
    boolean end() {
        boolean first = !over;
        over = true;
        return first;
    }
}

package io.proxyroute.proxy.pool;

/**
 * The order in which one event loop uses the endpoints of a backend: in rounds that use every
 * endpoint once, which keeps shares equal. An endpoint that is not available loses its turn. Within a round, the first of the next {@value #LOOKAHEAD} endpoints that has
 * an idle link on this loop comes first, to increase reuse. The loops start at different
 * endpoints. Confined to its event loop.
 *
 * @param <T> an endpoint, as this event loop sees it
 */
final class Rotation<T extends Rotation.Candidate> {

    private static final int LOOKAHEAD = 16;

    /** An endpoint that may be chosen. */
    interface Candidate {

        /** Whether it has an idle link on this event loop. */
        boolean hasIdle();

        /** Whether it may be used now; asked once for each turn. */
        boolean isAvailable();
    }

    private final int loop;
    private final int loops;
    private T[] lastEndpoints;
    private T[] round;
    private int position;

    /** The rotation of a loop among others, numbered from 0. */
    Rotation(int loop, int loops) {
        this.loop = loop;
        this.loops = loops;
    }

    /**
     * Chooses the next endpoint. An array other than the last one starts a new round, so that a new endpoint is used
     * within one round. If no endpoint is available, the next one is chosen all the same.
     *
     * @param endpoints at least one endpoint; neither this class nor the caller modifies the list
     */
    T next(T[] endpoints) {
        if (endpoints != lastEndpoints) {
            start(endpoints);
        }
        for (int i = 0; i < round.length; i++) {
            T next = takeTurn();
            if (next.isAvailable()) {
                return next;
            }
        }
        return takeTurn();
    }

    private T takeTurn() {
        int last = Math.min(round.length, position + LOOKAHEAD);
        int chosen = position;
        for (int i = position; i < last; i++) {
            if (round[i].hasIdle()) {
                chosen = i;
                break;
            }
        }
        T next = round[chosen];
        round[chosen] = round[position];
        round[position] = next;
        position = position + 1 == round.length ? 0 : position + 1;
        return next;
    }

    private void start(T[] endpoints) {
        lastEndpoints = endpoints;
        round = endpoints.clone();
        int offset = (int) ((long) loop * endpoints.length / loops);
        for (int i = 0; i < round.length; i++) {
            round[i] = endpoints[(offset + i) % endpoints.length];
        }
        position = 0;
    }
}

package io.proxyroute.proxy.stream;

/** A client's connection, as far as the exchange side needs it. Confined to its event loop. */
public abstract class ClientConnection {

    // For ClientConnections.
    ClientConnection previous;
    ClientConnection next;
    Membership membership = Membership.NONE;
    long openedNanos;
    long recordedBytes;
    /** Position in its size class; -1 if it holds less than the smallest one. */
    int holderIndex = -1;

    /** The list of {@link ClientConnections} that it is in. */
    enum Membership {
        NONE,
        UNSERVED,
        SERVED
    }

    /** Bytes that it holds now: unsent output, undecoded input, gathered bodies. */
    public abstract long heldBytes();

    /** Whether it carries no request: it waits for the next one, has received a part of its head long ago, or lingers. */
    public abstract boolean isIdle();

    /** Since when it has been in its current state, on the loop's clock. */
    public abstract long sinceNanos();

    /** Closes it if it carries no request. */
    public abstract void closeIfIdle();

    /**
     * Closes it.
     *
     * @param why SHUTDOWN or OVERLOADED; its exchange ends with this cause
     */
    public abstract void shutDown(EndCause why);
}

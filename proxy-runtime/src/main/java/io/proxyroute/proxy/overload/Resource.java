package io.proxyroute.proxy.overload;

import static io.proxyroute.proxy.overload.OverloadAction.CLOSE_AFTER_RESPONSE;
import static io.proxyroute.proxy.overload.OverloadAction.CLOSE_CONNECTIONS;
import static io.proxyroute.proxy.overload.OverloadAction.REFUSE_REQUESTS;
import static io.proxyroute.proxy.overload.OverloadAction.SHORTEN_IDLE;
import static io.proxyroute.proxy.overload.OverloadAction.STOP_ACCEPTING;

import java.util.Set;

/** What may run out, and the actions that help. */
public enum Resource {
    /** Bytes that client connections hold: unsent responses, undecoded input, gathered bodies. */
    HELD_BYTES(SHORTEN_IDLE, CLOSE_AFTER_RESPONSE, CLOSE_CONNECTIONS, REFUSE_REQUESTS, STOP_ACCEPTING),
    /** Client connections. Refusing requests would hit the clients that are served. */
    CONNECTIONS(SHORTEN_IDLE, CLOSE_CONNECTIONS),
    /** Open descriptors. */
    DESCRIPTORS(SHORTEN_IDLE, CLOSE_CONNECTIONS, STOP_ACCEPTING),
    /** The heap after collections. */
    HEAP(SHORTEN_IDLE, CLOSE_AFTER_RESPONSE, CLOSE_CONNECTIONS, REFUSE_REQUESTS, STOP_ACCEPTING),
    /**
     * Direct memory that the allocator has reserved. Only a warning: the allocator keeps what it has reserved, so no
     * action would lower it.
     */
    DIRECT_MEMORY,
    /** How long tasks wait for an event loop. Closing connections would add to the work. */
    LOOP_LAG(REFUSE_REQUESTS);

    private final Set<OverloadAction> actions;

    Resource(OverloadAction... actions) {
        this.actions = Set.of(actions);
    }

    /** Whether an action helps if this resource runs out. */
    public boolean calls(OverloadAction action) {
        return actions.contains(action);
    }
}

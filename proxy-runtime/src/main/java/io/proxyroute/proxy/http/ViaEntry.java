package io.proxyroute.proxy.http;

import io.netty.util.AsciiString;
import io.proxyroute.proxy.stream.FieldNames;
import io.proxyroute.proxy.stream.Head;
import io.proxyroute.proxy.stream.Protocol;
import java.util.List;

/**
 * The entry that a route adds to {@code Via} (RFC 9110, section 7.6.3), with a pseudonym derived from its UID, so that a
 * request that comes back is recognized by any pod of the route. Immutable.
 */
final class ViaEntry {

    private final String pseudonym;
    private final AsciiString http10;
    private final AsciiString http11;
    private final int maxPasses;

    /**
     * @param maxPasses how often a request may have passed already; more than once, since an application may copy the field
     *     of a request that it received to one that it sends, without a loop
     */
    ViaEntry(String routeUid, int maxPasses) {
        this.maxPasses = maxPasses;
        this.pseudonym = "proxyroute-%08x".formatted(routeUid.hashCode());
        this.http10 = entry(Protocol.HTTP_1_0);
        this.http11 = entry(Protocol.HTTP_1_1);
    }

    private AsciiString entry(Protocol protocol) {
        return AsciiString.cached(protocol.version() + " " + pseudonym);
    }

    /** Whether the request has passed this route as often as it may. */
    boolean isLoop(Head request) {
        if (!request.fields().contains(FieldNames.VIA)) {
            return false;
        }
        int passes = 0;
        List<String> values = request.fields().getAll(FieldNames.VIA);
        for (int i = 0; i < values.size(); i++) {
            passes += occurrences(values.get(i));
        }
        return passes >= maxPasses;
    }

    private int occurrences(String value) {
        int count = 0;
        for (int at = value.indexOf(pseudonym); at >= 0; at = value.indexOf(pseudonym, at + pseudonym.length())) {
            count++;
        }
        return count;
    }

    /** Adds the entry for the version in which the request was received. */
    void addTo(Head request) {
        request.fields().add(FieldNames.VIA, request.receivedAs() == Protocol.HTTP_1_0 ? http10 : http11);
    }
}

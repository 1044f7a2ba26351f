package io.proxyroute.proxy.http;

import io.proxyroute.contract.config.AddressRange;
import io.proxyroute.contract.config.TrustedProxies;
import io.proxyroute.proxy.stream.FieldNames;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import io.proxyroute.proxy.stream.Peer;
import java.net.InetAddress;
import java.util.List;

/**
 * Decides whose forwarding fields are believed, and writes those that the backend receives. Immutable.
 *
 * <p>From a trusted peer, {@code X-Forwarded-For}, {@code -Proto}, {@code -Host}, {@code -Port} and {@code Forwarded} (RFC
 * 7239) are kept and extended. From any other peer these, {@code X-Real-IP} and {@code X-Forwarded-Prefix} are removed; the
 * first four and {@code X-Real-IP} are set to what the proxy itself knows.
 */
final class ForwardingTrust {

    private final int hops;
    private final AddressRange[] ranges;

    ForwardingTrust(TrustedProxies trusted) {
        this.hops = trusted.hops();
        this.ranges = trusted.cidrs().stream().map(AddressRange::parse).toArray(AddressRange[]::new);
    }

    /** Whether a peer's fields are believed. */
    boolean isTrusted(Peer peer) {
        return hops > 0
                || ranges.length > 0
                        && peer.address() != null
                        && isInRange(peer.address().getAddress());
    }

    private boolean isInRange(InetAddress address) {
        for (AddressRange range : ranges) {
            if (range.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The address of the client: the peer's, or, if the peer is trusted, the last one in {@code X-Forwarded-For} that is not
     * a trusted proxy's. Text that is no address ends the search.
     */
    String client(Head request, Peer peer) {
        if (!isTrusted(peer)) {
            return peer.host();
        }
        List<String> lines = request.fields().getAll(FieldNames.X_FORWARDED_FOR);
        String client = peer.host();
        int left = hops;
        for (int i = lines.size() - 1; i >= 0; i--) {
            String line = lines.get(i);
            int end = line.length();
            while (end >= 0) {
                int comma = line.lastIndexOf(',', end - 1);
                InetAddress address = address(line.substring(comma + 1, end).strip());
                if (address == null) {
                    return client;
                }
                client = address.getHostAddress();
                left--;
                if (hops > 0 ? left == 0 : !isInRange(address)) {
                    return client;
                }
                end = comma;
            }
        }
        return client;
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /**
     * Writes the forwarding fields, in place.
     *
     * @param port the listener's port, as text
     */
    void apply(Head request, Peer peer, String port) {
        Fields fields = request.fields();
        if (isTrusted(peer)) {
            extend(fields, FieldNames.X_FORWARDED_FOR, peer.host());
            setIfAbsent(fields, FieldNames.X_FORWARDED_PROTO, "http");
            setIfAbsent(fields, FieldNames.X_FORWARDED_HOST, request.authority()); // HTTP/1.0 may have none
            setIfAbsent(fields, FieldNames.X_FORWARDED_PORT, port);
            if (fields.contains(FieldNames.FORWARDED)) {
                extend(fields, FieldNames.FORWARDED, "for=" + node(peer.host()));
            }
            return;
        }
        fields.remove(FieldNames.FORWARDED);
        fields.remove(FieldNames.X_FORWARDED_PREFIX);
        fields.set(FieldNames.X_REAL_IP, peer.host());
        fields.set(FieldNames.X_FORWARDED_FOR, peer.host());
        fields.set(FieldNames.X_FORWARDED_PROTO, "http");
        fields.set(FieldNames.X_FORWARDED_HOST, request.authority());
        fields.set(FieldNames.X_FORWARDED_PORT, port);
    }

    /** An IPv6 address is quoted (RFC 7239, section 6). */
    private static String node(String host) {
        return host.indexOf(':') < 0 ? host : "\"[" + host + "]\"";
    }

    private static void extend(Fields fields, CharSequence name, String value) {
        fields.set(name, fields.contains(name) ? String.join(", ", fields.getAll(name)) + ", " + value : value);
    }

    private static void setIfAbsent(Fields fields, CharSequence name, String value) {
        if (!fields.contains(name)) {
            fields.set(name, value);
        }
    }
}

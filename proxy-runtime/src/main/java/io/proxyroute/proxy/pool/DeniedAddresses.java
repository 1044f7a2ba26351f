package io.proxyroute.proxy.pool;

import io.netty.util.NetUtil;
import io.proxyroute.contract.config.AddressRange;
import io.proxyroute.contract.config.Backend;
import java.net.InetAddress;
import java.util.List;

/**
 * Addresses that backends outside the cluster must not have, such as loopback, link-local and metadata addresses. A route would otherwise
 * reach, through a host name, what only its pod or its node may reach. Addresses of Services come from the operator and are
 * not restricted. Immutable.
 *
 * @param ranges none if every address is allowed
 */
public record DeniedAddresses(List<AddressRange> ranges) {

    /** Every address is allowed. */
    public static final DeniedAddresses NONE = new DeniedAddresses(List.of());

    public DeniedAddresses {
        ranges = List.copyOf(ranges);
    }

    /**
     * Parses ranges in CIDR notation.
     *
     * @throws IllegalArgumentException one of them is malformed; the message names it
     */
    public static DeniedAddresses parse(List<String> texts) {
        return new DeniedAddresses(texts.stream()
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .map(DeniedAddresses::range)
                .toList());
    }

    private static AddressRange range(String text) {
        try {
            return AddressRange.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no range of addresses such as 10.0.0.0/8: " + e.getMessage(), e);
        }
    }

    boolean contains(InetAddress address) {
        return ranges.stream().anyMatch(range -> range.contains(address));
    }

    /** Whether the backend must not be connected to, since it is given by a denied address. */
    boolean denies(Backend backend) {
        return !backend.endpoints()
                && !ranges.isEmpty()
                && isLiteral(backend.host())
                && contains(InetAddress.ofLiteral(backend.host()));
    }

    /**
     * The name to look up. That of a host outside the cluster is absolute: the search domains of a pod would turn {@code billing.team-b}
     * into a Service of another namespace.
     */
    String lookupName(Backend backend) {
        String host = backend.host();
        return backend.endpoints() || ranges.isEmpty() || isLiteral(host) || isAbsolute(host) ? host : host + ".";
    }

    /** Whether the addresses of a name are restricted. */
    static boolean isAbsolute(String name) {
        return name.endsWith(".");
    }

    static boolean isLiteral(String host) {
        return NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
    }
}

package io.proxyroute.contract.config;

import java.net.InetAddress;

/** A range of IP addresses in CIDR notation (RFC 4632, RFC 4291). Immutable. */
public final class AddressRange {

    private final byte[] network;
    private final int prefixBits;

    private AddressRange(byte[] network, int prefixBits) {
        this.network = network;
        this.prefixBits = prefixBits;
    }

    /**
     * Parses a range such as {@code 10.0.0.0/8} or {@code fd00::/8}, or a single address.
     *
     * @throws IllegalArgumentException the text is no range; the message says why
     */
    public static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        byte[] address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash))
                .getAddress();
        int bits = 8 * address.length;
        int prefix = slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1));
        if (prefix < 0 || prefix > bits) {
            throw new IllegalArgumentException("the prefix length is " + prefix + ", but must be 0 to " + bits);
        }
        return new AddressRange(address, prefix);
    }

    /** Whether an address is in the range. */
    public boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length != network.length) {
            return false;
        }
        int whole = prefixBits / 8;
        for (int i = 0; i < whole; i++) {
            if (bytes[i] != network[i]) {
                return false;
            }
        }
        int rest = prefixBits % 8;
        return rest == 0 || ((bytes[whole] ^ network[whole]) & 0xff) >> 8 - rest == 0;
    }
}

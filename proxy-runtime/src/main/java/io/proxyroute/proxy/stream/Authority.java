package io.proxyroute.proxy.stream;

import io.netty.util.NetUtil;
import java.util.Locale;

/** The host and port of a request (RFC 3986, section 3.2). */
public final class Authority {

    private Authority() {}

    /**
     * The host of an authority without the port, in the form in which hosts are compared: in lower case, without the
     * dot at the end of an absolute DNS name, an IPv6 address in its canonical text form (RFC 5952).
     *
     * @return null if the authority is malformed
     */
    public static String host(String authority) {
        int end = hostEnd(authority);
        if (end < 0) {
            return null;
        }
        if (end > 0 && authority.charAt(0) == '[') {
            byte[] address = NetUtil.createByteArrayFromIpAddressString(authority.substring(1, end - 1));
            return address == null || address.length != 16 ? null : '[' + NetUtil.bytesToIpAddress(address) + ']';
        }
        boolean absolute = end > 1 && authority.charAt(end - 1) == '.';
        return authority.substring(0, absolute ? end - 1 : end).toLowerCase(Locale.ROOT);
    }

    /** Whether host and port are well-formed. */
    public static boolean isValid(CharSequence authority) {
        return hostEnd(authority) >= 0;
    }

    /** The index after the host; -1 if the authority is malformed. */
    private static int hostEnd(CharSequence authority) {
        int end = authority.length();
        int colon = lastIndexOf(authority, ':');
        if (colon >= 0 && lastIndexOf(authority, ']') < colon) {
            int port = 0;
            for (int i = colon + 1; i < end; i++) {
                char digit = authority.charAt(i);
                port = digit < '0' || digit > '9' ? Integer.MAX_VALUE : Math.min(100_000, port) * 10 + digit - '0';
                if (port > 65_535) {
                    return -1;
                }
            }
            end = colon;
        }
        boolean bracketed = end > 0 && authority.charAt(0) == '[';
        if (bracketed && authority.charAt(end - 1) != ']') {
            return -1;
        }
        for (int i = bracketed ? 1 : 0; i < (bracketed ? end - 1 : end); i++) {
            char c = authority.charAt(i);
            boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.';
            if (!plain && c != '-' && c != '_' && !(bracketed && c == ':')) {
                return -1;
            }
        }
        return end;
    }

    private static int lastIndexOf(CharSequence text, char target) {
        int index = text.length() - 1;
        while (index >= 0 && text.charAt(index) != target) {
            index--;
        }
        return index;
    }
}

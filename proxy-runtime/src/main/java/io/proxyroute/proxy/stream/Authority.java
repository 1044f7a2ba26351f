package io.proxyroute.proxy.stream;

import java.util.Locale;

/** Host and port, as a request names them (RFC 3986, section 3.2). */
public final class Authority {

    private Authority() {}

    /** The host of an authority in lower case, without the port; null where it is malformed. */
    public static String host(String authority) {
        int end = authority.length();
        int colon = authority.lastIndexOf(':');
        if (colon >= 0 && authority.indexOf(']', colon) < 0) {
            for (int i = colon + 1; i < end; i++) {
                if (authority.charAt(i) < '0' || authority.charAt(i) > '9') {
                    return null;
                }
            }
            end = colon;
        }
        boolean bracketed = end > 0 && authority.charAt(0) == '[';
        if (bracketed && authority.charAt(end - 1) != ']') {
            return null;
        }
        for (int i = bracketed ? 1 : 0; i < (bracketed ? end - 1 : end); i++) {
            char c = authority.charAt(i);
            boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.';
            if (!plain && c != '-' && c != '_' && !(bracketed && c == ':')) {
                return null;
            }
        }
        return authority.substring(0, end).toLowerCase(Locale.ROOT);
    }
}

package io.proxyroute.proxy.stream;

import java.util.Locale;

/** Host and port, as a request names them (RFC 3986, section 3.2). */
public final class Authority {

    private Authority() {}

    /** The host of an authority in lower case, without the port; null where it is malformed. */
    public static String host(String authority) {
        int end = hostEnd(authority);
        return end < 0 ? null : authority.substring(0, end).toLowerCase(Locale.ROOT);
    }

    /** Whether host and port have the right form. */
    public static boolean isValid(CharSequence authority) {
        return hostEnd(authority) >= 0;
    }

    /** Where the port begins, or the end; -1 where the authority is malformed. */
    private static int hostEnd(CharSequence authority) {
        int end = authority.length();
        int colon = lastIndexOf(authority, ':');
        if (colon >= 0 && lastIndexOf(authority, ']') < colon) {
            for (int i = colon + 1; i < end; i++) {
                if (authority.charAt(i) < '0' || authority.charAt(i) > '9') {
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

    private static int lastIndexOf(CharSequence text, char wanted) {
        int index = text.length() - 1;
        while (index >= 0 && text.charAt(index) != wanted) {
            index--;
        }
        return index;
    }
}

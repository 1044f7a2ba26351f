package io.proxyroute.proxy.routing;

/**
 * Normalizes paths for matching. Backends differ in how they decode escapes, merge slashes and resolve dot segments. A rule
 * that protects a path must match whatever the backend will serve, so equivalent spellings of a path match the same rules,
 * and a path with dot segments for any known backend is rejected. The backend receives the path as the client sent it.
 */
public final class RequestPath {

    private RequestPath() {}

    /**
     * Decodes escaped unreserved characters, writes other escapes in upper case (RFC 3986, sections 6.2.2.1 and 6.2.2.2)
     * and merges repeated slashes.
     *
     * @param path a request's or a rule's path
     * @return the same instance if it is already normalized
     */
    public static String normalize(String path) {
        if (path.indexOf('%') < 0 && path.indexOf("//") < 0) {
            return path;
        }
        StringBuilder normal = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            int escaped = c == '%' ? escaped(path, i) : -1;
            if (escaped >= 0) {
                if (unreserved(escaped)) {
                    normal.append((char) escaped);
                } else {
                    normal.append('%').append(hex(escaped >> 4)).append(hex(escaped & 15));
                }
                i += 2;
            } else if (c != '/' || normal.isEmpty() || normal.charAt(normal.length() - 1) != '/') {
                normal.append(c);
            }
        }
        return normal.toString();
    }

    /**
     * Whether a path may traverse to a parent: it contains a backslash, or a dot segment, also one that ends with an escaped
     * slash or backslash or has parameters ({@code ..;}). Clients resolve dot segments before they send a request (RFC 3986,
     * section 6.2.2.3), and a URI contains no backslash.
     *
     * @param normal a path from {@link #normalize}
     */
    public static boolean hasDotSegments(String normal) {
        int dots = 0; // length of a segment of dots only; -1 for any other segment
        for (int i = 0; i < normal.length(); i++) {
            char c = normal.charAt(i);
            int escaped = c == '%' ? escaped(normal, i) : -1;
            if (c == '\\') {
                return true;
            }
            if (c == '.') {
                dots = dots < 0 ? -1 : dots + 1;
            } else if (c == '/' || c == ';' || escaped == '/' || escaped == '\\') {
                if (dots == 1 || dots == 2) {
                    return true;
                }
                dots = c == ';' ? -1 : 0;
            } else {
                dots = -1;
            }
            if (escaped == '/' || escaped == '\\') {
                i += 2;
            }
        }
        return dots == 1 || dots == 2;
    }

    /** The character that the escape at an index encodes; -1 if there is no escape. */
    private static int escaped(String path, int at) {
        if (at + 2 >= path.length()) {
            return -1;
        }
        int high = Character.digit(path.charAt(at + 1), 16);
        int low = Character.digit(path.charAt(at + 2), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    private static char hex(int digit) {
        return Character.toUpperCase(Character.forDigit(digit, 16));
    }

    private static boolean unreserved(int c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c == '-'
                || c == '.'
                || c == '_'
                || c == '~';
    }
}

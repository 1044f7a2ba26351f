package io.proxyroute.proxy.routing;

/**
 * The path of a request as rules see it. Backends read the same path in different ways: they undo escapes, merge slashes
 * and climb by dot segments before they choose what to serve. A rule that guards a path must see what they will serve, so
 * two spellings of one path are compared as one, and a path that climbs for some of them is refused. What a backend gets is
 * the spelling of the client.
 */
public final class RequestPath {

    private RequestPath() {}

    /**
     * The spelling that is compared: escapes of unreserved characters are undone (RFC 3986, section 6.2.2.2), and slashes
     * that follow one another count as one.
     *
     * @param path of a request or of a rule
     * @return the same string where it is spelt so already
     */
    public static String normal(String path) {
        if (path.indexOf('%') < 0 && path.indexOf("//") < 0) {
            return path;
        }
        StringBuilder normal = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '%' && unreserved(escaped(path, i))) {
                normal.append((char) escaped(path, i));
                i += 2;
            } else if (c != '/' || normal.isEmpty() || normal.charAt(normal.length() - 1) != '/') {
                normal.append(c);
            }
        }
        return normal.toString();
    }

    /**
     * Whether a path may lead out of where it seems to: by a dot segment, also one that ends with an escaped slash or
     * backslash or has parameters ({@code ..;}), or by a backslash. Clients resolve dot segments before they send (RFC 3986,
     * section 6.2.2.3), and a URI has no backslash.
     *
     * @param normal from {@link #normal}
     */
    public static boolean climbs(String normal) {
        int dots = 0; // that the segment consists of; -1 once it has something else
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

    /** What the escape at a place stands for; -1 where there is none. */
    private static int escaped(String path, int at) {
        if (at + 2 >= path.length()) {
            return -1;
        }
        int high = Character.digit(path.charAt(at + 1), 16);
        int low = Character.digit(path.charAt(at + 2), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
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

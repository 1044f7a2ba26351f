package io.proxyroute.contract.config;

/** Finds paths of matches that no request can have: the proxy rejects such requests, or compares another spelling. */
final class PathValues {

    private PathValues() {}

    /**
     * What is wrong with the path of an exact match or a prefix.
     *
     * @return a clause such as "must start with a slash"; null if nothing is wrong
     */
    static String fault(MatchType type, String path) {
        if (!path.startsWith("/")) {
            return "must start with a slash";
        }
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '?') {
                return "must not contain a question mark: the query is not part of the path, and queryParams match it";
            } else if (c == '#') {
                return "must not contain #: clients do not send the fragment of a URL; write %23 to match the character";
            } else if (c == '\\') {
                return "must not contain a backslash: requests with one are rejected";
            } else if (c <= ' ' || c >= 0x7f) {
                return "must contain visible ASCII characters only: write the character at index " + i
                        + " percent-encoded in UTF-8, as clients send it";
            }
        }
        if (type == MatchType.PathPrefix && path.endsWith("/*")) {
            return "must not end with /*: a prefix matches everything below it, so write \""
                    + (path.length() == 2 ? "/" : path.substring(0, path.length() - 2)) + "\"";
        }
        return hasDotSegment(path) ? "must not contain the segments . and ..: requests with them are rejected" : null;
    }

    /** Unreserved characters, and so dots, may be percent-encoded (RFC 3986, section 6.2.2.2). */
    private static boolean hasDotSegment(String path) {
        String decoded = path.replaceAll("%2[eE]", ".").replaceAll("%2[fF]|%5[cC]", "/");
        for (String segment : decoded.split("/")) {
            int parameters = segment.indexOf(';');
            String name = parameters < 0 ? segment : segment.substring(0, parameters);
            if (name.equals(".") || name.equals("..")) {
                return true;
            }
        }
        return false;
    }
}

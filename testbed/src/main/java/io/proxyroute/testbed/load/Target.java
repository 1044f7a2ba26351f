package io.proxyroute.testbed.load;

import java.net.URI;

/**
 * Where requests go.
 *
 * @param name names it in reports
 * @param uri {@code http://host[:port]/path[?query]}; the host is looked up through DNS
 */
public record Target(String name, URI uri) {

    public Target {
        if (!"http".equals(uri.getScheme()) || uri.getHost() == null) {
            throw new IllegalArgumentException("target " + uri + ": want http://host[:port]/path");
        }
    }

    /** Reads {@code [NAME=]URL}. */
    public static Target parse(String text) {
        int equals = text.indexOf('=');
        int scheme = text.indexOf("://");
        return equals >= 0 && equals < scheme
                ? new Target(text.substring(0, equals), URI.create(text.substring(equals + 1)))
                : new Target(URI.create(text).getAuthority(), URI.create(text));
    }

    /** The port, 80 where the URL names none. */
    public int port() {
        return uri.getPort() < 0 ? 80 : uri.getPort();
    }

    /** The request target of the request with a number, asking for that number's payload. */
    public String requestTarget(long id, long responseBytes) {
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : uri.getRawQuery() + "&";
        return path + "?" + query + "id=" + id + "&size=" + responseBytes;
    }
}

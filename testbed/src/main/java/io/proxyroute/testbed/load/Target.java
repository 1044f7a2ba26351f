package io.proxyroute.testbed.load;

import java.net.URI;

/**
 * A URL to send requests to.
 *
 * @param name name for reports
 * @param uri {@code http://host[:port]/path[?query]}
 */
public record Target(String name, URI uri) {

    public Target {
        if (!"http".equals(uri.getScheme()) || uri.getHost() == null) {
            throw new IllegalArgumentException("target " + uri + " must have the form http://host[:port]/path");
        }
    }

    /** Parses {@code [NAME=]URL}. */
    public static Target parse(String text) {
        int equals = text.indexOf('=');
        int scheme = text.indexOf("://");
        return equals >= 0 && equals < scheme
                ? new Target(text.substring(0, equals), URI.create(text.substring(equals + 1)))
                : new Target(URI.create(text).getAuthority(), URI.create(text));
    }

    /** The port; 80 if the URL has none. */
    public int port() {
        return uri.getPort() < 0 ? 80 : uri.getPort();
    }

    /** The request target that asks for the {@link io.proxyroute.testbed.Payload} of an ID. */
    public String requestTarget(long id, long responseBytes) {
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : uri.getRawQuery() + "&";
        return path + "?" + query + "id=" + id + "&size=" + responseBytes;
    }
}

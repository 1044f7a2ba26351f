package io.proxyroute.bench.proxy;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

/** Checks whether a server responds with 200. */
final class Probe {

    private static final int TIMEOUT_MILLIS = 2000;

    private Probe() {}

    static boolean respondsOk(URI url) {
        try {
            HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            try {
                return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            return false;
        }
    }
}

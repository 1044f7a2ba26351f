package io.proxyroute.proxy.admin;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** What a control server answers, by path and method. Filled before the server starts, and only read after. */
public final class Routes {

    /** Answers one request; may block. */
    @FunctionalInterface
    public interface Handler {

        /**
         * Answers.
         *
         * @param body of the request; may be empty
         * @throws Exception the client gets 500 with its message
         */
        AdminResponse handle(byte[] body) throws Exception;
    }

    private final Map<String, TreeMap<String, Handler>> handlers = new HashMap<>();

    /** Answers GET and HEAD. */
    public Routes get(String path, Handler handler) {
        return add("HEAD", path, handler).add("GET", path, handler);
    }

    /** Answers PUT. */
    public Routes put(String path, Handler handler) {
        return add("PUT", path, handler);
    }

    /** Answers POST. */
    public Routes post(String path, Handler handler) {
        return add("POST", path, handler);
    }

    private Routes add(String method, String path, Handler handler) {
        handlers.computeIfAbsent(path, p -> new TreeMap<>()).put(method, handler);
        return this;
    }

    /** Never null: what is not here is answered by 404 or 405. */
    Handler find(String method, String path) {
        TreeMap<String, Handler> methods = handlers.get(path);
        if (methods == null) {
            return body -> AdminResponse.text(404, "There is no " + path + " here.");
        }
        Handler handler = methods.get(method);
        if (handler == null) {
            return body -> AdminResponse.text(405, path + " takes " + String.join(", ", methods.keySet()) + " only.");
        }
        return handler;
    }
}

package io.proxyroute.proxy.admin;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** The handlers of a control server, by path and method. Filled before the server starts and read-only from then on. */
public final class Router {

    /** Handles one kind of request; may block. */
    @FunctionalInterface
    public interface Handler {

        /**
         * Handles a request.
         *
         * @param body the request's body; may be empty
         * @throws Exception the client gets 500 with its message
         */
        AdminResponse handle(byte[] body) throws Exception;
    }

    private final Map<String, TreeMap<String, Handler>> handlers = new HashMap<>();

    /** Adds a handler for GET and HEAD. */
    public Router get(String path, Handler handler) {
        return add("HEAD", path, handler).add("GET", path, handler);
    }

    /** Adds a handler for PUT. */
    public Router put(String path, Handler handler) {
        return add("PUT", path, handler);
    }

    /** Adds a handler for POST. */
    public Router post(String path, Handler handler) {
        return add("POST", path, handler);
    }

    private Router add(String method, String path, Handler handler) {
        handlers.computeIfAbsent(path, p -> new TreeMap<>()).put(method, handler);
        return this;
    }

    /** Never null: without a match, the handler returned responds with 404 or 405. */
    Handler find(String method, String path) {
        TreeMap<String, Handler> methods = handlers.get(path);
        if (methods == null) {
            return body -> AdminResponse.text(404, "No such path: " + path);
        }
        Handler handler = methods.get(method);
        if (handler == null) {
            return body ->
                    AdminResponse.text(405, path + " supports only " + String.join(", ", methods.keySet()) + ".");
        }
        return handler;
    }
}

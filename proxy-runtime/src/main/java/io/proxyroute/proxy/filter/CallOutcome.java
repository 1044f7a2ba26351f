package io.proxyroute.proxy.filter;

import io.proxyroute.filter.FilterResult;
import io.proxyroute.proxy.stream.Fields;

/** How a filter's call ended: its result, validated and ready for the loop, or a failure. */
sealed interface CallOutcome {

    /**
     * The request continues.
     *
     * @param edited the request's new headers, or null if the filter changed none
     * @param body the request's new body, or null if the filter set none
     */
    record Next(Fields edited, byte[] body) implements CallOutcome {}

    /** The filter responds in the backend's place. */
    record Respond(int status, Fields headers, byte[] body) implements CallOutcome {}

    /** The filter threw an exception or returned an invalid result. */
    record Failed() implements CallOutcome {}

    /**
     * Validates a result.
     *
     * @throws IllegalArgumentException the result is invalid; the message is for the filter's author
     */
    static CallOutcome of(FilterResult result, Fields edited) {
        return switch (result) {
            case null ->
                throw new IllegalArgumentException(
                        "the filter returned null; return FilterResult.NEXT to let the request continue");
            case FilterResult.Next(byte[] body) -> new Next(edited, body);
            case FilterResult.Respond respond -> {
                if (respond.status() < 200 || respond.status() > 599) {
                    throw new IllegalArgumentException(
                            "the filter responded with status " + respond.status() + "; use a status of 200 to 599");
                }
                byte[] body = respond.body() == null ? new byte[0] : respond.body();
                yield new Respond(respond.status(), OutgoingHeaders.fields(respond.headers()), body);
            }
        };
    }
}

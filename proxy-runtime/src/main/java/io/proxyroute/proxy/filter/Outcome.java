package io.proxyroute.proxy.filter;

import io.proxyroute.filter.FilterResult;
import io.proxyroute.proxy.stream.Fields;

/** What came of a call, checked and ready for the loop. */
sealed interface Outcome {

    /**
     * Go on.
     *
     * @param edited the request's headers, or null where they are as before
     * @param body the request's new body, or null where it is as before
     */
    record Next(Fields edited, byte[] body) implements Outcome {}

    /** AdminResponse. */
    record Respond(int status, Fields headers, byte[] body) implements Outcome {}

    /** The filter threw, or returned what cannot be. */
    record Failed() implements Outcome {}

    /**
     * Checks a result.
     *
     * @throws IllegalArgumentException it cannot be carried out
     */
    static Outcome of(FilterResult result, Fields edited) {
        return switch (result) {
            case null -> throw new IllegalArgumentException("the filter returned null in place of a result");
            case FilterResult.Next(byte[] body) -> new Next(edited, body);
            case FilterResult.Respond respond -> {
                if (respond.status() < 200 || respond.status() > 599) {
                    throw new IllegalArgumentException(
                            "the filter answered with status " + respond.status() + ", but it must be 200 to 599");
                }
                byte[] body = respond.body() == null ? new byte[0] : respond.body();
                yield new Respond(respond.status(), OutgoingHeaders.fields(respond.headers()), body);
            }
        };
    }
}

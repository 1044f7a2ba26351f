package io.proxyroute.contract.config;

/**
 * Limits on what clients may send. Those on heads apply to connections that are accepted after a change, the others to the
 * next request.
 *
 * @param requestLineBytes length of a request line; a longer one gets status 414
 * @param headerBytes size of all header fields of a request; a larger one gets status 431
 * @param headerLines number of header fields of a request; more get status 431
 * @param bodyBytes size of a request's body; a larger one gets status 413; 0 for no limit
 * @param loopPasses how often a request may have passed the route already; one more gets status 508
 * @param requestsPerClient requests that one client address may have in flight in a pod; more get status 429; 0 for no limit
 */
public record Limits(
        int requestLineBytes, int headerBytes, int headerLines, long bodyBytes, int loopPasses, int requestsPerClient) {

    /** The API's defaults. */
    public static final Limits DEFAULT = new Limits(8 << 10, 32 << 10, 100, 0, 2, 0);
}

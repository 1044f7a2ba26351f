package io.proxyroute.proxy.stream;

/**
 * Limits on the head of a request.
 *
 * @param lineBytes length of the request line
 * @param fieldBytes size of all fields
 * @param fields number of fields
 */
public record HeadLimits(int lineBytes, int fieldBytes, int fields) {}

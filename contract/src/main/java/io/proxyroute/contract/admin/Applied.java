package io.proxyroute.contract.admin;

/**
 * What a proxy serves after a request to it.
 *
 * @param hash of the document served
 * @param sequence of the document served
 * @param endpointsVersion of the endpoint list in use
 */
public record Applied(String hash, long sequence, long endpointsVersion) {}

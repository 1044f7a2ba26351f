package io.proxyroute.contract.admin;

/**
 * The configuration that a proxy serves after a PUT.
 *
 * @param hash of the current document
 * @param sequence of the current document
 * @param endpointsVersion of the current endpoint list
 */
public record Applied(String hash, long sequence, long endpointsVersion) {}

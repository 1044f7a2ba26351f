package io.proxyroute.contract.admin;

/**
 * The configuration that a proxy serves after a PUT.
 *
 * @param hash hash of the current document
 * @param sequence sequence number of the current document
 * @param endpointsVersion version of the current endpoint list
 */
public record Applied(String hash, long sequence, long endpointsVersion) {}

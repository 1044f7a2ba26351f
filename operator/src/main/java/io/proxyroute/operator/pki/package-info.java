/**
 * The operator's certificate authority. Operator and proxies authenticate each other by a URI in their certificates
 * ({@link io.proxyroute.contract.admin.Identity}) and not by address. Issuing and verifying is pure; only {@link
 * io.proxyroute.operator.pki.CaSecret} calls the API server. Imports the contract only. Called on reconciler threads
 * and by the admin client.
 */
package io.proxyroute.operator.pki;

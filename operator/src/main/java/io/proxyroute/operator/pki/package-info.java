/**
 * The operator's own certificate authority: proxies and operator prove to each other who they are by a URI in their
 * certificates ({@link io.proxyroute.contract.admin.Identity}), not by address. Issuing and checking are pure; {@link
 * io.proxyroute.operator.pki.CaSecret} alone speaks to the API server. Called on reconciler threads.
 */
package io.proxyroute.operator.pki;

/**
 * Resolves the backends of a configuration to addresses, from Services and EndpointSlices. Pure: the caller passes the
 * cached objects. Imports the contract only. Called on reconciler threads.
 */
package io.proxyroute.operator.endpoints;

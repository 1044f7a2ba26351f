/**
 * Where the backends of a configuration are: from Services and EndpointSlices to addresses. Pure; the cached objects
 * are handed in.
 */
package io.proxyroute.operator.endpoints;

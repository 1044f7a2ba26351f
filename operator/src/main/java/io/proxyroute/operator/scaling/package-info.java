/**
 * How many pods a route should have, by the connections that its pods carry. Pure: no Kubernetes, no clock, no thread of
 * its own; may import the API's settings and nothing else of ours.
 */
package io.proxyroute.operator.scaling;

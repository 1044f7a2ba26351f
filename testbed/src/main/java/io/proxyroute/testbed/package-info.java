/**
 * The two programs that stand on either side of a proxy when it is tried: a backend and a load generator. This package
 * holds the command line and what both sides must agree on; it knows nothing of ProxyRoute.
 */
package io.proxyroute.testbed;

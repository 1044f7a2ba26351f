/**
 * Where the cluster comes from: one that is given, k3s in Docker, or the native one of {@code e2e/local-cluster}; and the
 * installation of ProxyRoute in it. Knows nothing of what is run there.
 */
package io.proxyroute.e2e.cluster;

/**
 * The cluster (the user's own, k3s in Docker, or the native one of {@code e2e/local-cluster}) and the installation of
 * ProxyRoute in it. Independent of the workload.
 */
package io.proxyroute.e2e.cluster;

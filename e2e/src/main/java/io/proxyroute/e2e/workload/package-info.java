/**
 * What demo and tests put into a cluster, and how they watch it: a namespace of their own, backends, routes, load. Talks
 * to the cluster through the Kubernetes API alone, so that it works wherever the cluster runs.
 */
package io.proxyroute.e2e.workload;

/**
 * The workload of the demo and the tests, and access to it: namespaces, backends, routes, load generators. Everything goes
 * through the Kubernetes API, so that it works with any cluster.
 */
package io.proxyroute.e2e.workload;

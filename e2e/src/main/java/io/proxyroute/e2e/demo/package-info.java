/**
 * The demo: a proxy pod leaks, and the operator detects and replaces it. {@code Demo} is the command, {@code DemoScenario}
 * the sequence of events, {@code ClusterWatcher} polls the cluster once a second, {@code DemoView} shows the snapshots, and
 * {@code DemoChecks} decides whether the demo passed.
 */
package io.proxyroute.e2e.demo;

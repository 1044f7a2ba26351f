/**
 * Better settings of the connection pool, from measured concurrency. Pure: no Kubernetes, no clock, no thread of its
 * own; may import the API's settings and the telemetry that proxies send.
 */
package io.proxyroute.operator.tuning;

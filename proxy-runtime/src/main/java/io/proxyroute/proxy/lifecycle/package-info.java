/**
 * The life of the process: warm before ready, the health port, drain before the end. Imports the http, pool, loop, admin
 * and telemetry packages. Runs on the main thread and on threads of its own; nothing here is on the data path.
 */
package io.proxyroute.proxy.lifecycle;

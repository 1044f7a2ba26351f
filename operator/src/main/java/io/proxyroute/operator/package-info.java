/** The operator's process: command line, assembly, health and metrics. Everything is put together here, by hand. */
package io.proxyroute.operator;

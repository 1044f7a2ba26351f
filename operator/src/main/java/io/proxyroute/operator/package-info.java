/** The operator's process: command line, assembly, health and metrics. All components are created and connected here. */
package io.proxyroute.operator;

/** What is measured in a window of load, and where. */
package io.proxyroute.bench.measure;

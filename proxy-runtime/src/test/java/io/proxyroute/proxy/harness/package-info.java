/** Shared by the tests of the data path: a proxy in this process, raw clients and backends, and leak detection. */
package io.proxyroute.proxy.harness;

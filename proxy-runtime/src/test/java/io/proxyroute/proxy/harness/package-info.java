/** What the data path's tests share: a proxy in this process, raw clients and backends, and a watch over leaked buffers. */
package io.proxyroute.proxy.harness;

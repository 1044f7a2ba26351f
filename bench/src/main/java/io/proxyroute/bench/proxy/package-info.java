/** The programs that a measurement starts: the proxies under test and their backend, each pinned to a core. */
package io.proxyroute.bench.proxy;

/**
 * The process's event loops: transport, numbering, and each loop's timer wheel. Imports only Netty. Each type says whether
 * it may be used off its loop.
 */
package io.proxyroute.proxy.loop;

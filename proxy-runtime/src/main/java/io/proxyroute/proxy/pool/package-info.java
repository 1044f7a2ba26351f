/**
 * Links to backends, lent to one exchange at a time. The protocols that run over them implement {@link
 * io.proxyroute.proxy.pool.Link}, {@link io.proxyroute.proxy.pool.Lease} and {@link
 * io.proxyroute.proxy.pool.LinkFactory}. Imports the stream, ledger and loop packages, the contract and Netty's
 * transport, and no codec. A link, its lease and its listener are confined to one event loop, that of the client
 * connection; caps and waiters are shared by all loops.
 *
 * <p>In layers, each of which knows the ones before it: {@code Capacity} holds the caps and a {@code BackendQueue} of
 * waiters for each backend; {@code LoopLinks} holds the links to one endpoint on one event loop; {@code AcquireTask}
 * obtains a lease for one acquire; {@code BackendPools} is the entry point.
 */
package io.proxyroute.proxy.pool;

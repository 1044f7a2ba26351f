/**
 * An HTTP/1.1 server whose answers are told by the request: status, delay, size, framing. A connection's state is
 * confined to its event loop.
 */
package io.proxyroute.testbed.backend;

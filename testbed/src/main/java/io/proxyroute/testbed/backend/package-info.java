/**
 * An HTTP/1.1 server whose responses are specified by the request: status, delay, size, framing. The state of a connection
 * is confined to its event loop.
 */
package io.proxyroute.testbed.backend;

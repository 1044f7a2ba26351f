/**
 * Client of the proxies' admin port: addresses, mutual TLS, and requests. The certificate of a proxy must name its route;
 * its IP address proves nothing. May import {@code pki} and the contract. Thread-safe; calls block and are made on virtual
 * threads.
 */
package io.proxyroute.operator.admin;

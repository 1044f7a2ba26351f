/** The admin protocol: paths, bodies and identities of the proxy's mutually authenticated port. Records only. */
package io.proxyroute.contract.admin;

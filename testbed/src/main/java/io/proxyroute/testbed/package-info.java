/**
 * Two programs for testing a proxy: a backend and a load generator. This package contains the command line and the payload
 * format that both share. It does not depend on ProxyRoute.
 */
package io.proxyroute.testbed;

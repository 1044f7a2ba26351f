/**
 * End-to-end tests and the demo: the product images in a real cluster, driven only through the Kubernetes API. This
 * package contains what the commands and the tests share. It depends on the API types and the testbed's report format, and
 * never on code of the operator or the proxy.
 */
package io.proxyroute.e2e;

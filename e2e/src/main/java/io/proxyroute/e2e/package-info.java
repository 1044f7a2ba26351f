/**
 * The product as a user has it: images in a real cluster, driven from outside through the Kubernetes API. The demo and
 * the end-to-end tests share what lies here. Imports the API types and the testbed's report lines; never the operator's
 * or the proxy's own code.
 */
package io.proxyroute.e2e;

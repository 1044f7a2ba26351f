/**
 * End-to-end tests against a real cluster. Each class has its own namespace, and classes run in parallel; a class that
 * disturbs the operator runs alone.
 */
package io.proxyroute.e2e;

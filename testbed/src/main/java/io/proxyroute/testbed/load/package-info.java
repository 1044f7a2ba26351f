/**
 * An open-loop HTTP/1.1 load generator: it sends requests at a constant rate regardless of the responses, never retries
 * one, and verifies every byte of each response. A run uses a single event loop.
 */
package io.proxyroute.testbed.load;

/**
 * Clients that cost a proxy more than they are worth: they open many connections, send or read slowly, or do nothing at
 * all.
 */
package io.proxyroute.testbed.attack;

/** A program that runs in the place of a proxy and misbehaves towards the operator. */
package io.proxyroute.testbed.rogue;

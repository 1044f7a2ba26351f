/** The command behind {@code make rogue}: the operator beside pods that misbehave towards it. */
package io.proxyroute.e2e.rogue;

/** Kills the operator at random moments of remediations, and judges by the API server's audit log what came of it. */
package io.proxyroute.e2e.chaos;

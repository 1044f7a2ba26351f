/** Kills the operator at random moments during remediation runs, and checks the result against the audit log. */
package io.proxyroute.e2e.chaos;

/** Changes everything about a route all the time, under load, and looks what is lost and what is left behind. */
package io.proxyroute.e2e.churn;

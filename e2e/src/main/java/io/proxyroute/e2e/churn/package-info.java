/** Changes a route, its backends and its replicas continuously under load, and checks for lost requests and leaks. */
package io.proxyroute.e2e.churn;

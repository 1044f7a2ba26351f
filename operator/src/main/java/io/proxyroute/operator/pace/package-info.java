/** Limits how often something is repeated. Pure: the caller passes the time. May import nothing of this project. */
package io.proxyroute.operator.pace;

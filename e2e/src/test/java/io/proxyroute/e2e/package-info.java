/**
 * What only a real cluster can show. Each class has a namespace of its own and they run side by side; a class that
 * disturbs the operator runs alone.
 */
package io.proxyroute.e2e;

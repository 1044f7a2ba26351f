/**
 * What only a real cluster can show. Each class has a namespace of its own and they run side by side; a class that
 * disturbs the operator takes it for itself through a resource lock.
 */
package io.proxyroute.e2e;

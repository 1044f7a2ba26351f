/**
 * The story in the terminal: a pod leaks, and the operator finds it and replaces it. {@code Demo} plays it, {@code Story}
 * is what happens, {@code Watch} looks at the cluster once a second, and {@code Screen} shows it.
 */
package io.proxyroute.e2e.demo;

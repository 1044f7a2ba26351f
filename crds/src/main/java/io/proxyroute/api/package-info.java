/**
 * The Kubernetes API of the project, one package for each version. Imports nothing of ours; objects are plain data for
 * any thread.
 */
package io.proxyroute.api;

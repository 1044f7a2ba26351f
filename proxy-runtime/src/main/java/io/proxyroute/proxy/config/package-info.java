/**
 * Which documents are served: read at start from the mount or from the last applied ones, replaced at run time as a whole
 * or not at all. Imports the contract; the data plane is behind {@link io.proxyroute.proxy.config.Serving}. Runs on the
 * main thread and on those of the admin port; files are written there too.
 */
package io.proxyroute.proxy.config;

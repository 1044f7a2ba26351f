/**
 * The active configuration: read at startup from the mount or the state directory, and replaced at run time as a whole or
 * not at all. Imports the contract; the data plane is behind {@link io.proxyroute.proxy.config.ConfigApplier}. Runs on the
 * main thread and on the admin port's threads, which also write the files.
 */
package io.proxyroute.proxy.config;

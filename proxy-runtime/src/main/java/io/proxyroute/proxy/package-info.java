/**
 * The proxy process: its command line, and the assembly of its parts. Imports all packages below; none of them imports
 * this one. Runs on the main thread and the shutdown hook.
 */
package io.proxyroute.proxy;

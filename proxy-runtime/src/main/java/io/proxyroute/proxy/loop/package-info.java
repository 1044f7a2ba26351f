/**
 * The process' event loops: transport, numbering, and the timer wheel that each of them turns. Imports Netty alone; every
 * type says whether it may be used off its loop.
 */
package io.proxyroute.proxy.loop;

/**
 * The protocol between operator and proxy: records and their JSON, nothing else. Imports no other package of the
 * project. The records are immutable and safe for any thread.
 */
package io.proxyroute.contract;

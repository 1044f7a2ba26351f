/**
 * What operator and proxy say to each other: records and their JSON, nothing else. Imports nothing of ours; records are
 * immutable and may be used on any thread.
 */
package io.proxyroute.contract;

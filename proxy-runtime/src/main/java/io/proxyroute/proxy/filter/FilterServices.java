package io.proxyroute.proxy.filter;

import io.proxyroute.proxy.ledger.Ledger;
import io.proxyroute.proxy.pool.BackendPools;

/**
 * What all filters of a process share. Every part is thread-safe.
 *
 * @param tasks counts calls and forks
 * @param memory lends pooled memory
 * @param failures logs what filters throw
 * @param ledger tells whether too much memory is in quarantine
 * @param pools lend connections to backends
 */
record FilterServices(TaskCounter tasks, FilterMemory memory, FailureLog failures, Ledger ledger, BackendPools pools) {}

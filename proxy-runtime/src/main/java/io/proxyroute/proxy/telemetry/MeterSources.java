package io.proxyroute.proxy.telemetry;

import io.proxyroute.contract.telemetry.LedgerSummary;
import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.contract.telemetry.Snapshot;
import io.proxyroute.proxy.http.TrafficCounts;
import io.proxyroute.proxy.overload.Overload;
import java.time.Duration;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The suppliers of measured values. Each may be called on any thread and does not block.
 *
 * @param identity the pod and its route
 * @param config the active configuration
 * @param state the process state
 * @param traffic counts of exchanges and client connections
 * @param pools usage of backend connections
 * @param permits permits of backend connections in use: open, or being opened
 * @param lostPermits permits that the pool has lost
 * @param ledger resources that exchanges hold
 * @param orphans filter tasks that still run although they were interrupted
 * @param overload pressure on resources, and what overload actions did
 * @param heldBytes bytes that client connections hold
 * @param carrierDelay how long a new virtual thread waits for a carrier thread
 */
public record MeterSources(
        Supplier<Snapshot.PodIdentity> identity,
        Supplier<Snapshot.AppliedConfig> config,
        Supplier<Snapshot.ProcessState> state,
        Supplier<TrafficCounts> traffic,
        Supplier<List<PoolUsage>> pools,
        IntSupplier permits,
        IntSupplier lostPermits,
        Supplier<LedgerSummary> ledger,
        IntSupplier orphans,
        Overload overload,
        LongSupplier heldBytes,
        Supplier<Duration> carrierDelay) {}

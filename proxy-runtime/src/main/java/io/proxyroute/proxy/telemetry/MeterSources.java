package io.proxyroute.proxy.telemetry;

import io.proxyroute.contract.telemetry.LedgerSummary;
import io.proxyroute.contract.telemetry.PoolUsage;
import io.proxyroute.contract.telemetry.Snapshot;
import io.proxyroute.proxy.http.TrafficCounts;
import java.time.Duration;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * Where the figures come from; every supplier may be called on any thread, and does not wait.
 *
 * @param identity who speaks
 * @param config what is being served
 * @param state where the process is in its life
 * @param traffic exchanges and connections
 * @param pools the connections to backends
 * @param ledger what exchanges hold
 * @param orphans what of filters outlived its time and did not answer an interrupt
 * @param carrierDelay how long a fresh virtual thread waits for a carrier
 */
public record MeterSources(
        Supplier<Snapshot.PodIdentity> identity,
        Supplier<Snapshot.AppliedConfig> config,
        Supplier<Snapshot.ProcessState> state,
        Supplier<TrafficCounts> traffic,
        Supplier<List<PoolUsage>> pools,
        Supplier<LedgerSummary> ledger,
        IntSupplier orphans,
        Supplier<Duration> carrierDelay) {}

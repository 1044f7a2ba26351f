package io.proxyroute.proxy.ledger;

import io.proxyroute.contract.telemetry.LedgerSummary.LeakSite;
import io.proxyroute.contract.telemetry.LedgerSummary.ResourceKind;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts leaks by the site that obtained the resource. The 1st, 10th, 100th ... leak of a site is logged. The table is
 * bounded: when it is full, leaks of further sites are counted together. Guarded by its own monitor, which an exchange
 * enters only if a filter leaked.
 */
final class LeakSites {

    private static final Logger LOG = LoggerFactory.getLogger(LeakSites.class);
    private static final int MAX_SITES = 500;
    private static final int MAX_REPORTED = 20;

    private record SiteKey(ResourceKind kind, String filter, String site, String backend) {}

    private static final class Tally {
        long count;
        long nextLogged = 1;
        long reclaimed;
        Instant firstSeen;
        Instant lastSeen;
        String lastTraceId;
    }

    private final InstantSource clock;
    private final Map<SiteKey, Tally> sites = new HashMap<>();
    private long leaks;
    private long reclaimed;

    LeakSites(InstantSource clock) {
        this.clock = clock;
    }

    synchronized void leaked(OwnedResource resource, String traceId) {
        resource.leaked = true;
        leaks++;
        Tally tally = tally(resource);
        Instant now = clock.instant();
        if (tally.firstSeen == null) {
            tally.firstSeen = now;
        }
        tally.lastSeen = now;
        tally.lastTraceId = traceId;
        tally.count++;
        if (tally.count == tally.nextLogged) {
            tally.nextLogged *= 10;
            LOG.warn(
                    "Filter {} leaked a {} obtained at {}, backend {}: {} so far, last in trace {}. The proxy reclaims it; close it in the filter.",
                    resource.filter,
                    resource.kind,
                    resource.site,
                    resource.backend == null ? "none" : resource.backend,
                    tally.count,
                    traceId);
        }
    }

    synchronized void reclaimed(OwnedResource resource) {
        if (!resource.leaked) {
            return; // not a leak: its call was interrupted
        }
        reclaimed++;
        tally(resource).reclaimed++;
    }

    private Tally tally(OwnedResource resource) {
        SiteKey site = new SiteKey(resource.kind, resource.filter, resource.site, resource.backend);
        Tally known = sites.get(site);
        if (known == null && sites.size() >= MAX_SITES) {
            site = new SiteKey(resource.kind, "(others)", "(others)", null);
        }
        return sites.computeIfAbsent(site, s -> new Tally());
    }

    synchronized long leaks() {
        return leaks;
    }

    synchronized long reclaimed() {
        return reclaimed;
    }

    synchronized List<LeakSite> worst() {
        return sites.entrySet().stream()
                .map(e -> new LeakSite(
                        e.getKey().kind(),
                        e.getKey().filter(),
                        e.getKey().site(),
                        e.getKey().backend(),
                        e.getValue().count,
                        e.getValue().reclaimed,
                        e.getValue().firstSeen,
                        e.getValue().lastSeen,
                        e.getValue().lastTraceId))
                .sorted(Comparator.comparingLong(LeakSite::count)
                        .reversed()
                        .thenComparing(LeakSite::filter)
                        .thenComparing(LeakSite::site))
                .limit(MAX_REPORTED)
                .toList();
    }
}

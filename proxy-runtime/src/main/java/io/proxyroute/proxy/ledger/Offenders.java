package io.proxyroute.proxy.ledger;

import io.proxyroute.contract.telemetry.LedgerSummary.Offender;
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
 * The places that leave things behind; the log hears of the 1st, 10th, 100th … thing of a place. Bounded: when the table is full, further places are counted together. Guarded by
 * its own monitor, which no exchange takes unless a filter leaked in it.
 */
final class Offenders {

    private static final Logger LOG = LoggerFactory.getLogger(Offenders.class);
    private static final int MAX_PLACES = 500;
    private static final int MAX_TOLD = 20;

    private record Place(ResourceKind kind, String filter, String site, String backend) {}

    private static final class Tally {
        long count;
        long nextTold = 1;
        long reclaimed;
        Instant firstSeen;
        Instant lastSeen;
        String lastTraceId;
    }

    private final InstantSource clock;
    private final Map<Place, Tally> places = new HashMap<>();
    private long leaks;
    private long reclaimed;

    Offenders(InstantSource clock) {
        this.clock = clock;
    }

    synchronized void leaked(OwnedResource holding, String traceId) {
        holding.leaked = true;
        leaks++;
        Tally tally = tally(holding);
        Instant now = clock.instant();
        if (tally.firstSeen == null) {
            tally.firstSeen = now;
        }
        tally.lastSeen = now;
        tally.lastTraceId = traceId;
        tally.count++;
        if (tally.count == tally.nextTold) {
            tally.nextTold *= 10;
            LOG.warn(
                    "filter {} leaves a {} behind: obtained at {}, backend {}; {} so far, this one by trace {}; taken back",
                    holding.filter,
                    holding.kind,
                    holding.site,
                    holding.backend == null ? "none" : holding.backend,
                    tally.count,
                    traceId);
        }
    }

    synchronized void reclaimed(OwnedResource holding) {
        if (!holding.leaked) {
            return; // taken from a call that was cut short
        }
        reclaimed++;
        tally(holding).reclaimed++;
    }

    private Tally tally(OwnedResource holding) {
        Place place = new Place(holding.kind, holding.filter, holding.site, holding.backend);
        Tally known = places.get(place);
        if (known == null && places.size() >= MAX_PLACES) {
            place = new Place(holding.kind, "(others)", "(others)", null);
        }
        return places.computeIfAbsent(place, p -> new Tally());
    }

    synchronized long leaks() {
        return leaks;
    }

    synchronized long reclaimed() {
        return reclaimed;
    }

    synchronized List<Offender> worst() {
        return places.entrySet().stream()
                .map(e -> new Offender(
                        e.getKey().kind(),
                        e.getKey().filter(),
                        e.getKey().site(),
                        e.getKey().backend(),
                        e.getValue().count,
                        e.getValue().reclaimed,
                        e.getValue().firstSeen,
                        e.getValue().lastSeen,
                        e.getValue().lastTraceId))
                .sorted(Comparator.comparingLong(Offender::count)
                        .reversed()
                        .thenComparing(Offender::filter)
                        .thenComparing(Offender::site))
                .limit(MAX_TOLD)
                .toList();
    }
}

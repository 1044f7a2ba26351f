package io.proxyroute.proxy.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.proxyroute.proxy.http.EndedExchange;
import io.proxyroute.proxy.http.ExchangeListener;
import io.proxyroute.proxy.stream.EndCause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Counts ended exchanges. A rule's meter is created when its first exchange of that kind ends, and found by index
 * afterwards. {@link #ended} is called on event loops, {@link #retain} on the thread that applies configuration.
 */
public final class TrafficMeters {

    /** The rule tag of exchanges without a matching rule. */
    private static final String NO_RULE = "none";

    private static final String[] STATUS_CLASSES = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};
    private static final EndCause[] CAUSES = EndCause.values();

    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10)
    };

    private final MeterRegistry registry;
    private final LatencyHistogram latencies;
    private final ConcurrentHashMap<String, RuleMeters> rules = new ConcurrentHashMap<>();

    /** Registers meters in the registry and records durations in the histogram. */
    public TrafficMeters(MeterRegistry registry, LatencyHistogram latencies) {
        this.registry = registry;
        this.latencies = latencies;
    }

    /** See {@link ExchangeListener#ended}. */
    public void ended(EndedExchange exchange) {
        latencies.record(exchange.durationNanos());
        String rule = exchange.rule() == null ? NO_RULE : exchange.rule();
        RuleMeters meters = rules.get(rule);
        if (meters == null) {
            meters = rules.computeIfAbsent(rule, name -> new RuleMeters(registry, name));
        }
        meters.ended(exchange);
    }

    /** Removes the meters of rules that are no longer in use. */
    public void retain(Set<String> activeRules) {
        for (String rule : rules.keySet()) {
            if (!rule.equals(NO_RULE) && !activeRules.contains(rule)) {
                // Atomic: a loop could otherwise fetch meters that are about to be removed.
                rules.computeIfPresent(rule, (name, meters) -> {
                    meters.remove();
                    return null;
                });
            }
        }
    }

    /** The meters of one rule. If two loops create a meter at the same time, the registry returns the same one to both. */
    private static final class RuleMeters {

        private final MeterRegistry registry;
        private final String rule;
        private final Timer[] timers = new Timer[STATUS_CLASSES.length];
        private final Counter[] ends = new Counter[CAUSES.length];
        private final Counter retries;
        private final Counter requestBytes;
        private final Counter responseBytes;

        RuleMeters(MeterRegistry registry, String rule) {
            this.registry = registry;
            this.rule = rule;
            this.retries = counter(MeterNames.RETRIES, null);
            this.requestBytes = counter(MeterNames.REQUEST_BYTES, "bytes");
            this.responseBytes = counter(MeterNames.RESPONSE_BYTES, "bytes");
        }

        private Counter counter(String name, String unit) {
            return Counter.builder(name)
                    .baseUnit(unit)
                    .tag(MeterNames.RULE, rule)
                    .register(registry);
        }

        void ended(EndedExchange exchange) {
            int statusClass = Math.clamp(exchange.status() / 100, 0, STATUS_CLASSES.length - 1);
            timer(statusClass).record(exchange.durationNanos(), TimeUnit.NANOSECONDS);
            end(exchange.cause()).increment();
            if (exchange.attempts() > 1) {
                retries.increment(exchange.attempts() - 1.0);
            }
            if (exchange.requestBytes() > 0) {
                requestBytes.increment(exchange.requestBytes());
            }
            if (exchange.responseBytes() > 0) {
                responseBytes.increment(exchange.responseBytes());
            }
        }

        private Timer timer(int statusClass) {
            Timer timer = timers[statusClass];
            if (timer == null) {
                timer = Timer.builder(MeterNames.EXCHANGE)
                        .description("Exchanges, from the request head to the end")
                        .tag(MeterNames.RULE, rule)
                        .tag(MeterNames.STATUS, STATUS_CLASSES[statusClass])
                        .serviceLevelObjectives(BUCKETS)
                        .register(registry);
                timers[statusClass] = timer;
            }
            return timer;
        }

        private Counter end(EndCause cause) {
            Counter counter = ends[cause.ordinal()];
            if (counter == null) {
                counter = Counter.builder(MeterNames.EXCHANGE_ENDS)
                        .description("Ended exchanges by cause")
                        .tag(MeterNames.RULE, rule)
                        .tag(MeterNames.CAUSE, cause.name())
                        .register(registry);
                ends[cause.ordinal()] = counter;
            }
            return counter;
        }

        void remove() {
            List<Meter> all = new ArrayList<>(List.of(retries, requestBytes, responseBytes));
            for (Timer timer : timers) {
                if (timer != null) {
                    all.add(timer);
                }
            }
            for (Counter end : ends) {
                if (end != null) {
                    all.add(end);
                }
            }
            all.forEach(registry::remove);
        }
    }
}

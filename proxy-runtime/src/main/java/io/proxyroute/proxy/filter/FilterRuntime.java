package io.proxyroute.proxy.filter;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.internal.PlatformDependent;
import io.proxyroute.contract.admin.AdminApi;
import io.proxyroute.contract.config.Backend;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.ConfigError;
import io.proxyroute.contract.config.Rule;
import io.proxyroute.contract.config.RuleFilter;
import io.proxyroute.proxy.http.FilterChain;
import io.proxyroute.proxy.ledger.Ledger;
import io.proxyroute.proxy.loop.EventLoops;
import io.proxyroute.proxy.pool.BackendPools;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * All custom filters of a process. Whoever applies documents prepares a {@link FilterSet} for each, serves its chains, and
 * retires it afterwards. Starts no thread before the first document with a custom filter. Thread-safe.
 */
public final class FilterRuntime implements AutoCloseable {

    /**
     * Bounds.
     *
     * @param grace how long a call or fork may take to answer an interrupt before it counts as an orphan
     * @param maxTasks calls and forks that may run at once, orphans included; over it filter routes answer 503
     * @param maxCarrierDelay how long a fresh virtual thread may wait to run; over it filter routes answer 503
     * @param configureTimeout how long the filters of a document may take together to configure themselves
     * @param maxBufferBytes how much pooled memory filters may hold, quarantine included
     */
    public record Bounds(
            Duration grace, int maxTasks, Duration maxCarrierDelay, Duration configureTimeout, long maxBufferBytes) {

        /** What a proxy uses. The share of memory leaves the rest to traffic, which cannot do without. */
        public static final Bounds DEFAULT = new Bounds(
                Duration.ofSeconds(5),
                20_000,
                Duration.ofSeconds(1),
                AdminApi.PREPARATION,
                PlatformDependent.maxDirectMemory() / 4);
    }

    private final FilterInstances instances;
    private final EventLoops loops;
    private final Bounds bounds;
    private final TaskCounter tasks;
    private final FilterServices services;
    private volatile CarrierProbe probe;

    /** A runtime without filters; owns nothing of what it is given. */
    public FilterRuntime(FilterJars jars, EventLoops loops, BackendPools pools, Ledger ledger, Bounds bounds) {
        this.instances = new FilterInstances(jars, bounds.configureTimeout());
        this.loops = loops;
        this.bounds = bounds;
        this.tasks = new TaskCounter(bounds.grace(), bounds.maxTasks());
        this.services = new FilterServices(
                tasks,
                new FilterMemory(ByteBufAllocator.DEFAULT, bounds.maxBufferBytes()),
                new FailureLog(System::nanoTime),
                ledger,
                pools);
    }

    /**
     * Finds and configures the filters of a document. Blocks while filters configure themselves, for a bounded time; off
     * the loops.
     *
     * @param document checked before
     * @return to be retired in any case, also where it has errors
     */
    public FilterSet prepare(ConfigDocument document) {
        List<FilterInstance> used = new ArrayList<>();
        boolean prepared = false;
        try {
            FilterSet set = prepare(document, used);
            prepared = true;
            return set;
        } finally {
            if (!prepared) {
                used.forEach(FilterInstance::release);
            }
        }
    }

    private FilterSet prepare(ConfigDocument document, List<FilterInstance> used) {
        long giveUpNanos = System.nanoTime() + bounds.configureTimeout().toNanos();
        Map<String, Backend> backends =
                document.backends().stream().collect(Collectors.toUnmodifiableMap(Backend::id, Function.identity()));
        Map<String, FilterChain> chains = new HashMap<>();
        List<ConfigError> errors = new ArrayList<>();
        for (int i = 0; i < document.rules().size(); i++) {
            Rule rule = document.rules().get(i);
            List<FilterStep> steps = new ArrayList<>();
            for (int j = 0; j < rule.filters().size(); j++) {
                if (rule.filters().get(j) instanceof RuleFilter.Custom custom) {
                    try {
                        FilterInstance instance = instances.obtain(custom, giveUpNanos);
                        used.add(instance);
                        steps.add(new FilterStep(custom.name(), instance));
                    } catch (FilterRejectedException e) {
                        String path = "rules[" + i + "].filters[" + j + "]." + e.field();
                        errors.add(new ConfigError(path, sentence(custom, e)));
                    }
                }
            }
            if (!steps.isEmpty()) {
                chains.put(rule.name(), new ConfiguredChain(services, this::overloaded, List.copyOf(steps), backends));
            }
        }
        if (!chains.isEmpty()) {
            watchCarriers();
        }
        return new FilterSet(chains, errors, used);
    }

    private static String sentence(RuleFilter.Custom custom, FilterRejectedException refusal) {
        return "Filter " + custom.name() + ": " + refusal.getMessage() + ".";
    }

    private synchronized void watchCarriers() {
        if (probe == null) {
            probe = new CarrierProbe(loops.all().getFirst(), System::nanoTime);
        }
    }

    /** How long a fresh virtual thread last waited for a carrier; zero where there are no filters. */
    public Duration schedulerDelay() {
        CarrierProbe current = probe;
        return current == null ? Duration.ZERO : current.delay();
    }

    /** Whether filters cannot be run now: too many are running, or they hold every carrier. */
    public boolean overloaded() {
        return tasks.full() || schedulerDelay().compareTo(bounds.maxCarrierDelay()) > 0;
    }

    /** Calls and forks that run now, orphans included. */
    public int running() {
        return tasks.running();
    }

    /** What outlived its time and did not answer an interrupt: calls and forks their exchange, configures their bound. */
    public int orphans() {
        return tasks.orphans() + instances.stuck();
    }

    @Override
    public synchronized void close() {
        if (probe != null) {
            probe.close();
        }
    }
}

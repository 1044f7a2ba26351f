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
 * Runs all custom filters of a process. The data plane prepares a {@link FilterSet} for each configuration document, serves
 * its chains, and retires it afterwards. Starts no thread before the first document with a custom filter. Thread-safe.
 */
public final class FilterRuntime implements AutoCloseable {

    /**
     * Limits of the filters of one process.
     *
     * @param grace how long a call or fork may run on after its interrupt before it counts as an orphan
     * @param maxTasks how many calls and forks may run at once, orphans included; above it, rules with filters respond with 503
     * @param maxCarrierDelay how long a new virtual thread may wait to run; above it, rules with filters respond with 503
     * @param configureTimeout how long all filters of a document together may take to configure
     * @param maxBufferBytes pooled memory that filters may hold, quarantine included
     */
    public record Bounds(
            Duration grace, int maxTasks, Duration maxCarrierDelay, Duration configureTimeout, long maxBufferBytes) {

        /** The defaults. Filters get a quarter of the direct memory, because traffic needs the remainder. */
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

    /** A runtime without filters. Its parameters stay owned by the caller. */
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
     * Finds and configures the filters of a document. Blocks while they configure, at most for the configure timeout; must
     * not be called on an event loop.
     *
     * @param document already validated
     * @return owned by the caller, who must retire it even if it has errors
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
        long deadlineNanos = System.nanoTime() + bounds.configureTimeout().toNanos();
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
                        FilterInstance instance = instances.obtain(custom, deadlineNanos);
                        used.add(instance);
                        steps.add(new FilterStep(custom.name(), instance));
                    } catch (FilterRejectedException e) {
                        String path = "rules[" + i + "].filters[" + j + "]." + e.field();
                        errors.add(new ConfigError(path, message(custom, e)));
                    }
                }
            }
            if (!steps.isEmpty()) {
                chains.put(
                        rule.name(), new ConfiguredChain(services, this::isOverloaded, List.copyOf(steps), backends));
            }
        }
        if (!chains.isEmpty()) {
            startCarrierProbe();
        }
        return new FilterSet(chains, errors, used);
    }

    private static String message(RuleFilter.Custom custom, FilterRejectedException rejection) {
        return "Filter " + custom.name() + ": " + rejection.getMessage() + ".";
    }

    private synchronized void startCarrierProbe() {
        if (probe == null) {
            probe = new CarrierProbe(loops.all().getFirst(), System::nanoTime);
        }
    }

    /** How long a new virtual thread last waited for a carrier thread; zero if there are no filters. */
    public Duration schedulerDelay() {
        CarrierProbe current = probe;
        return current == null ? Duration.ZERO : current.delay();
    }

    /** Whether filters cannot run now: too many are running, or they occupy every carrier thread. */
    public boolean isOverloaded() {
        return tasks.isFull() || schedulerDelay().compareTo(bounds.maxCarrierDelay()) > 0;
    }

    /** Number of running calls, forks and closes, orphans included. */
    public int running() {
        return tasks.running();
    }

    /**
     * Number of orphans: calls and forks that outlived their exchange, and configures that outlived their timeout, despite an
     * interrupt.
     */
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

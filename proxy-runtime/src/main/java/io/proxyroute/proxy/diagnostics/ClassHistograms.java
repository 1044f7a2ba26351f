package io.proxyroute.proxy.diagnostics;

import io.proxyroute.contract.diagnostics.ClassHistogram;
import java.lang.constant.ClassDesc;
import java.lang.management.ManagementFactory;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/** Counts live objects by class, like {@code jcmd GC.class_histogram}. Pauses the process for a full collection. */
public final class ClassHistograms {

    private static final int MAX_ROWS = 300;

    /** Filler objects, with which the collector pads gaps in the heap. */
    private static final Pattern FILLER = Pattern.compile("\\[*L?jdk\\.internal\\.vm\\.Filler\\w+;?");

    /** {@code 1: 12345 6789012 [B (java.base@25)}. */
    private static final Pattern ROW = Pattern.compile("\\s*\\d+:\\s+(\\d+)\\s+(\\d+)\\s+(\\S+).*");

    private final InstantSource clock;

    /**
     * Takes histograms of this process.
     *
     * @param clock timestamps the histograms
     */
    public ClassHistograms(InstantSource clock) {
        this.clock = clock;
    }

    /** Takes a histogram; blocks for the collection. */
    public ClassHistogram take() {
        String text;
        try {
            text = (String) ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()});
        } catch (JMException e) {
            throw new IllegalStateException("this JVM does not support class histograms", e);
        }
        long total = 0;
        List<ClassHistogram.Row> rows = new ArrayList<>(MAX_ROWS);
        for (String line : text.lines().toList()) {
            Matcher row = ROW.matcher(line);
            if (row.matches() && !FILLER.matcher(row.group(3)).matches()) {
                long bytes = Long.parseLong(row.group(2));
                total += bytes;
                if (rows.size() < MAX_ROWS) {
                    rows.add(new ClassHistogram.Row(sourceName(row.group(3)), Long.parseLong(row.group(1)), bytes));
                }
            }
        }
        return new ClassHistogram(clock.instant(), total, List.copyOf(rows));
    }

    /** {@code byte[]} for {@code [B}. */
    private static String sourceName(String name) {
        int dimensions = name.lastIndexOf('[') + 1;
        if (dimensions == 0) {
            return name;
        }
        String element = name.substring(dimensions);
        String simple = element.startsWith("L")
                ? element.substring(1, element.length() - 1)
                : ClassDesc.ofDescriptor(element).displayName();
        return simple + "[]".repeat(dimensions);
    }
}

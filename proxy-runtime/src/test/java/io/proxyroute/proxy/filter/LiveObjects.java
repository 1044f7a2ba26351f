package io.proxyroute.proxy.filter;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/** Measures the objects of a class that survive a full GC, like {@code jcmd GC.class_histogram}. */
final class LiveObjects {

    private LiveObjects() {}

    /** Number of objects. The name of a lambda's class is given without the suffix that the JVM appends. */
    static long count(String className) {
        return sum(className, 1);
    }

    /** Size of all objects in bytes. */
    static long bytes(String className) {
        return sum(className, 2);
    }

    private static long sum(String className, int column) {
        try {
            String histogram = (String) ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()});
            return histogram
                    .lines()
                    .map(line -> line.trim().split("\\s+"))
                    .filter(columns -> columns.length >= 4)
                    .filter(columns -> columns[3].equals(className) || columns[3].startsWith(className + "/"))
                    .mapToLong(columns -> Long.parseLong(columns[column]))
                    .sum();
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }
}

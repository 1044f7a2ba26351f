package io.proxyroute.proxy.architecture;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds knots: top-level classes that all depend on each other, directly or through others, and so can only be read
 * together. A knot is a strongly connected component of more than one class in the graph of dependencies that ArchUnit
 * reads from bytecode; nested classes count as part of their top-level class.
 *
 * <pre>{@code
 * classes().that().resideInAPackage("..pool..")
 *         .should(ClassKnots.notExist().except("a sealed family", "Outcome", "Accepted", "Refused"));
 * }</pre>
 *
 * An exception names all classes of one component by their simple names, and why they belong together. It fails, too,
 * when there is no such component any longer.
 */
final class ClassKnots extends ArchCondition<JavaClass> {

    private final Map<Set<String>, String> exceptions = new HashMap<>();
    private final List<JavaClass> classes = new ArrayList<>();

    private ClassKnots() {
        super("have no knots");
    }

    static ClassKnots notExist() {
        return new ClassKnots();
    }

    /** Accepts one component. */
    ClassKnots except(String reason, String... simpleNames) {
        exceptions.put(new TreeSet<>(Set.of(simpleNames)), reason);
        return this;
    }

    /** The full name of the outermost class around a class. */
    static String topLevel(JavaClass type) {
        JavaClass outermost = type.getBaseComponentType();
        while (outermost.getEnclosingClass().isPresent()) {
            outermost = outermost.getEnclosingClass().get();
        }
        return outermost.getFullName();
    }

    @Override
    public void init(Collection<JavaClass> all) {
        classes.clear();
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
        classes.add(type);
    }

    @Override
    public void finish(ConditionEvents events) {
        Map<String, Map<String, Dependency>> graph = graph();
        Set<Set<String>> unused = new HashSet<>(exceptions.keySet());
        for (Set<String> component : components(graph)) {
            if (component.size() == 1) {
                continue;
            }
            Set<String> names =
                    component.stream().map(ClassKnots::simple).collect(Collectors.toCollection(TreeSet::new));
            boolean expected = unused.remove(names);
            events.add(new SimpleConditionEvent(names, expected, describe(component, graph)));
        }
        for (Set<String> names : unused) {
            events.add(SimpleConditionEvent.violated(
                    names,
                    "The exception for %s (%s) has no such knot; remove it".formatted(names, exceptions.get(names))));
        }
    }

    /** From class to class, with the first dependency that makes the edge. */
    private Map<String, Map<String, Dependency>> graph() {
        Map<String, Map<String, Dependency>> graph = new TreeMap<>();
        classes.forEach(type -> graph.put(topLevel(type), new TreeMap<>()));
        for (JavaClass type : classes) {
            String from = topLevel(type);
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                String to = topLevel(dependency.getTargetClass());
                if (!to.equals(from) && graph.containsKey(to)) {
                    graph.get(from).merge(to, dependency, (a, b) -> a.compareTo(b) <= 0 ? a : b);
                }
            }
        }
        return graph;
    }

    /** Two classes are in one component if each can be reached from the other; packages are small enough for that. */
    private static Set<Set<String>> components(Map<String, Map<String, Dependency>> graph) {
        Map<String, Set<String>> reachable = new HashMap<>();
        graph.keySet().forEach(from -> reachable.put(from, reachableFrom(from, graph)));
        return graph.keySet().stream()
                .map(one -> graph.keySet().stream()
                        .filter(other -> one.equals(other)
                                || reachable.get(one).contains(other)
                                        && reachable.get(other).contains(one))
                        .collect(Collectors.<String, Set<String>>toCollection(TreeSet::new)))
                .collect(Collectors.toSet());
    }

    private static Set<String> reachableFrom(String start, Map<String, Map<String, Dependency>> graph) {
        Set<String> found = new HashSet<>();
        List<String> next = new ArrayList<>(List.of(start));
        while (!next.isEmpty()) {
            for (String to : graph.get(next.removeLast()).keySet()) {
                if (found.add(to)) {
                    next.add(to);
                }
            }
        }
        return found;
    }

    private static String describe(Set<String> component, Map<String, Map<String, Dependency>> graph) {
        Stream<String> edges = component.stream().flatMap(from -> graph.get(from).entrySet().stream()
                .filter(edge -> component.contains(edge.getKey()))
                .map(edge -> "  %s -> %s: %s"
                        .formatted(
                                simple(from),
                                simple(edge.getKey()),
                                edge.getValue().getDescription())));
        return component.stream().map(ClassKnots::simple).collect(Collectors.joining(", "))
                + " depend on each other:\n"
                + edges.collect(Collectors.joining("\n"));
    }

    private static String simple(String fullName) {
        return fullName.substring(fullName.lastIndexOf('.') + 1);
    }
}

package io.proxyroute.filter;

import java.util.List;
import java.util.Set;

/** Headers by name, compared without case. Not thread-safe. */
public interface HeaderMap {

    /** The first value, or null. */
    String get(String name);

    /** All values in order, or an empty list. */
    List<String> all(String name);

    /** The names present. */
    Set<String> names();

    /**
     * Replaces all values of a name.
     *
     * @throws IllegalArgumentException name or value holds characters that a header must not have
     */
    void set(String name, String value);

    /**
     * Adds a value.
     *
     * @throws IllegalArgumentException name or value holds characters that a header must not have
     */
    void add(String name, String value);

    /** Removes all values of a name. */
    void remove(String name);
}

package io.proxyroute.filter;

import java.util.List;
import java.util.Set;

/** Header fields by case-insensitive name. Not thread-safe. */
public interface HeaderMap {

    /** The first value; null if there is none. */
    String get(String name);

    /** All values in order; empty if there are none. */
    List<String> all(String name);

    /** The names of all fields. */
    Set<String> names();

    /**
     * Replaces all values of a name.
     *
     * @throws IllegalArgumentException name or value contains a character that is not allowed in a header
     */
    void set(String name, String value);

    /**
     * Adds a value.
     *
     * @throws IllegalArgumentException name or value contains a character that is not allowed in a header
     */
    void add(String name, String value);

    /** Removes all values of a name. */
    void remove(String name);
}

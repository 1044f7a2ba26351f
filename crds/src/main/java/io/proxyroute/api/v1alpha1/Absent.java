package io.proxyroute.api.v1alpha1;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Fills in what a document leaves out. Lists and maps come back unmodifiable, in the order given. */
final class Absent {

    private Absent() {}

    static <T> T or(T value, T fallback) {
        return value == null ? fallback : value;
    }

    static GatewayDuration or(GatewayDuration value, String fallback) {
        return value == null ? new GatewayDuration(fallback) : value;
    }

    static <T> List<T> orEmpty(List<T> list) {
        return list == null ? List.of() : List.copyOf(list);
    }

    static <V> Map<String, V> orEmpty(Map<String, V> map) {
        return map == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}

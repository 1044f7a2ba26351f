package io.proxyroute.api.v1alpha1;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Default values for fields that a document omits. Lists and maps are copied, keep their order and are unmodifiable.
 */
final class Defaults {

    private Defaults() {}

    static <T> T orElse(T value, T fallback) {
        return value == null ? fallback : value;
    }

    static GatewayDuration orElse(GatewayDuration value, String fallback) {
        return value == null ? new GatewayDuration(fallback) : value;
    }

    static <T> List<T> orEmpty(List<T> list) {
        return list == null ? List.of() : List.copyOf(list);
    }

    static <V> Map<String, V> orEmpty(Map<String, V> map) {
        return map == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}

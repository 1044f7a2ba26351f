package io.proxyroute.operator.remediation.evidence;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.proxyroute.contract.Json;
import java.util.List;

/** The custom filters of a configuration: the first suspects if something grows that does not belong to the proxy. */
final class CustomFilters {

    private CustomFilters() {}

    /** Each as {@code NAME (CLASS)}; empty if the text is not a configuration. */
    static List<String> in(String config) {
        try {
            return Json.MAPPER.readTree(config).findParents("className").stream()
                    .map(CustomFilters::label)
                    .distinct()
                    .toList();
        } catch (JsonProcessingException e) {
            return List.of();
        }
    }

    private static String label(JsonNode filter) {
        return "%s (%s)"
                .formatted(
                        filter.path("name").asText(), filter.path("className").asText());
    }
}

package io.proxyroute.contract.config;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Map;

/** A filter that a rule applies to its exchanges. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = RuleFilter.RequestHeaders.class, name = "RequestHeaderModifier"),
    @JsonSubTypes.Type(value = RuleFilter.ResponseHeaders.class, name = "ResponseHeaderModifier"),
    @JsonSubTypes.Type(value = RuleFilter.Custom.class, name = "Custom")
})
public sealed interface RuleFilter {

    /** Modifies the request headers before the request is sent to a backend. */
    record RequestHeaders(HeaderEdits edits) implements RuleFilter {}

    /** Modifies the response headers before the response is sent to the client. */
    record ResponseHeaders(HeaderEdits edits) implements RuleFilter {}

    /**
     * A user-supplied class, loaded from the filter directory.
     *
     * @param name name of the filter in the ledger, metrics and reports; unique in its rule
     * @param className implements {@code io.proxyroute.filter.ProxyFilter}
     * @param config passed to the filter unchanged
     */
    record Custom(String name, String className, Map<String, String> config) implements RuleFilter {

        public Custom {
            config = config == null ? Map.of() : Map.copyOf(config);
        }
    }

    /**
     * Changes to headers, applied in this order.
     *
     * @param set replaces all values of a name
     * @param add adds a value
     * @param remove removes all values of a name
     */
    record HeaderEdits(List<Header> set, List<Header> add, List<String> remove) {

        public HeaderEdits {
            set = set == null ? List.of() : List.copyOf(set);
            add = add == null ? List.of() : List.copyOf(add);
            remove = remove == null ? List.of() : List.copyOf(remove);
        }
    }

    /** A header's name and value. */
    record Header(String name, String value) {}
}

package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** A condition on a request. All parts that are set must match. */
@ApiType
public record MatchSpec(
        @JsonPropertyDescription("Condition on the path without the query; matches any path when omitted.")
        PathMatch path,

        @JsonPropertyDescription("Method of the request; matches any method when omitted.")
        Method method,

        @Size(max = 16)
        @JsonPropertyDescription("Conditions on headers, all of which must match. Header names are case-insensitive.")
        List<HeaderMatch> headers,

        @Size(max = 16) @JsonPropertyDescription("Conditions on query parameters, all of which must match.")
        List<QueryParamMatch> queryParams) {

    public MatchSpec {
        headers = Defaults.orEmpty(headers);
        queryParams = Defaults.orEmpty(queryParams);
    }

    /** Methods that can be matched. */
    public enum Method {
        GET,
        HEAD,
        POST,
        PUT,
        DELETE,
        CONNECT,
        OPTIONS,
        TRACE,
        PATCH
    }

    /** How a path is matched. */
    public enum PathMatchType {
        Exact,
        PathPrefix,
        RegularExpression
    }

    /** How a header or parameter value is matched. */
    public enum ValueMatchType {
        Exact,
        RegularExpression
    }

    /** A condition on the path. */
    @ApiType
    @ValidationRule(
            value = "(has(self.type) && self.type == 'RegularExpression') || self.value.startsWith('/')",
            message = "path.value must start with / when path.type is Exact or PathPrefix.",
            fieldPath = ".value")
    public record PathMatch(
            @JsonPropertyDescription(
                    "PathPrefix when omitted. Exact: the path is equal to value. PathPrefix: the path starts with the path elements of"
                            + " value, so /a matches /a and /a/b but not /ab. RegularExpression: the whole path matches the"
                            + " RE2 expression; lookaround and backreferences are not supported. The path is normalized for"
                            + " the comparison: escaped letters, digits and -._~ are decoded and repeated slashes are merged."
                            + " The backend receives the original path.")
            PathMatchType type,

            @Required
            @Size(min = 1, max = 1024)
            @JsonPropertyDescription("Value to compare with; must start with / unless type is RegularExpression.")
            String value) {

        public PathMatch {
            type = Defaults.orElse(type, PathMatchType.PathPrefix);
        }
    }

    /** A condition on a header. */
    @ApiType
    public record HeaderMatch(
            @JsonPropertyDescription(
                    "Exact when omitted. Exact: equal to value, case-sensitive. RegularExpression: the whole value matches the RE2"
                            + " expression; lookaround and backreferences are not supported.")
            ValueMatchType type,

            @Required
            @Size(min = 1, max = 256)
            @Pattern("^[!#-'*+.\\w^`|~-]+$")
            @JsonPropertyDescription("Name of the header; unique in the list.")
            String name,

            @Required @Size(min = 1, max = 1024) @JsonPropertyDescription("Value to compare with.")
            String value) {

        public HeaderMatch {
            type = Defaults.orElse(type, ValueMatchType.Exact);
        }
    }

    /** A condition on a query parameter. */
    @ApiType
    public record QueryParamMatch(
            @JsonPropertyDescription(
                    "Exact when omitted. Exact: equal to value, case-sensitive. RegularExpression: the whole value matches the RE2"
                            + " expression; lookaround and backreferences are not supported.")
            ValueMatchType type,

            @Required @Size(min = 1, max = 256) @JsonPropertyDescription("Name of the parameter; unique in the list.")
            String name,

            @Required @Size(min = 1, max = 1024) @JsonPropertyDescription("Value to compare with.")
            String value) {

        public QueryParamMatch {
            type = Defaults.orElse(type, ValueMatchType.Exact);
        }
    }
}

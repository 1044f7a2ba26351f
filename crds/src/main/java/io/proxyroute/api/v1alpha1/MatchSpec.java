package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** A condition on a request: every part that is given must hold. */
@ApiType
public record MatchSpec(
        @JsonPropertyDescription("Condition on the path, without the query; any path when left out.")
        PathMatch path,

        @JsonPropertyDescription("The request's method; any when left out.")
        Method method,

        @Size(max = 16) @JsonPropertyDescription("Headers that must all match; names are compared without case.")
        List<HeaderMatch> headers,

        @Size(max = 16) @JsonPropertyDescription("Query parameters that must all match.")
        List<QueryParamMatch> queryParams) {

    public MatchSpec {
        headers = Absent.orEmpty(headers);
        queryParams = Absent.orEmpty(queryParams);
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

    /** How a path is compared. */
    public enum PathMatchType {
        Exact,
        PathPrefix,
        RegularExpression
    }

    /** How a value is compared. */
    public enum ValueMatchType {
        Exact,
        RegularExpression
    }

    /** A condition on the path. */
    @ApiType
    @ValidationRule(
            value = "self.type == 'RegularExpression' || self.value.startsWith('/')",
            message = "path.value must start with / when path.type is Exact or PathPrefix.",
            fieldPath = ".value")
    public record PathMatch(
            @Default("PathPrefix")
            @JsonPropertyDescription(
                    "Exact: the whole path. PathPrefix: whole path elements from the start, so /a takes /a and"
                            + " /a/b but not /ab. RegularExpression: the whole path, in the syntax of RE2, without"
                            + " lookaround and backreferences. Compared is the path with escapes of letters, digits and"
                            + " -._~ undone and repeated slashes merged; the backend gets it as it came.")
            PathMatchType type,

            @Required
            @Size(min = 1, max = 1024)
            @JsonPropertyDescription("What to compare with; starts with / unless it is an expression.")
            String value) {

        public PathMatch {
            type = Absent.or(type, PathMatchType.PathPrefix);
        }
    }

    /** A condition on a header. */
    @ApiType
    public record HeaderMatch(
            @Default("Exact")
            @JsonPropertyDescription(
                    "Exact: letter by letter. RegularExpression: the whole value, in the syntax of RE2, without"
                            + " lookaround and backreferences.")
            ValueMatchType type,

            @Required
            @Size(min = 1, max = 256)
            @Pattern("^[A-Za-z0-9!#$%&'*+\\-.^_`|~]+$")
            @JsonPropertyDescription("The header's name; unique in the list.")
            String name,

            @Required @Size(min = 1, max = 1024) @JsonPropertyDescription("What to compare with.")
            String value) {

        public HeaderMatch {
            type = Absent.or(type, ValueMatchType.Exact);
        }
    }

    /** A condition on a query parameter. */
    @ApiType
    public record QueryParamMatch(
            @Default("Exact")
            @JsonPropertyDescription(
                    "Exact: letter by letter. RegularExpression: the whole value, in the syntax of RE2, without"
                            + " lookaround and backreferences.")
            ValueMatchType type,

            @Required @Size(min = 1, max = 256) @JsonPropertyDescription("The parameter's name; unique in the list.")
            String name,

            @Required @Size(min = 1, max = 1024) @JsonPropertyDescription("What to compare with.")
            String value) {

        public QueryParamMatch {
            type = Absent.or(type, ValueMatchType.Exact);
        }
    }
}

package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;

/** A filter of a rule. {@code type} selects the field that holds its settings. */
@ApiType
@ValidationRule(
        value = "has(self.requestHeaderModifier) == (self.type == 'RequestHeaderModifier')",
        message = "filters[].requestHeaderModifier must be set if, and only if, filters[].type is"
                + " RequestHeaderModifier.")
@ValidationRule(
        value = "has(self.responseHeaderModifier) == (self.type == 'ResponseHeaderModifier')",
        message = "filters[].responseHeaderModifier must be set if, and only if, filters[].type is"
                + " ResponseHeaderModifier.")
@ValidationRule(
        value = "has(self.custom) == (self.type == 'Custom')",
        message = "filters[].custom must be set if, and only if, filters[].type is Custom.")
public record RuleFilterSpec(
        @Required
        @JsonPropertyDescription(
                "Type of the filter: RequestHeaderModifier, ResponseHeaderModifier, or Custom for your own"
                        + " class. The field of the same name holds its settings.")
        Type type,

        @JsonPropertyDescription("Header changes applied to the request before it is sent to a backend.")
        HeaderEdits requestHeaderModifier,

        @JsonPropertyDescription("Header changes applied to the response before it is sent to the client.")
        HeaderEdits responseHeaderModifier,

        @JsonPropertyDescription(
                "A filter class from the filter directory of the proxy image. Add it through spec.proxy.image.")
        Custom custom) {

    /** Headers that frame a message or apply to one hop (RFC 9110, section 7.6.1; RFC 9112, section 6). */
    private static final String FRAMING = "['connection', 'content-length', 'expect', 'keep-alive', 'proxy-connection',"
            + " 'te', 'trailer', 'transfer-encoding', 'upgrade']";

    /** Kinds of filter. */
    public enum Type {
        RequestHeaderModifier,
        ResponseHeaderModifier,
        Custom
    }

    /** Changes to headers, applied in the order set, add, remove. */
    @ApiType
    @ValidationRule(
            value = "has(self.set) || has(self.add) || has(self.remove)",
            message = "a header modifier must contain at least one of set, add and remove.")
    @ValidationRule(
            value = "!has(self.remove) || self.remove.all(n, !(n.lowerAscii() in " + FRAMING + "))",
            message =
                    "remove must not name Connection, Content-Length, Expect, Keep-Alive, Proxy-Connection, TE, Trailer,"
                            + " Transfer-Encoding or Upgrade: the proxy manages these headers.",
            fieldPath = ".remove")
    @ValidationRule(
            value = "!has(self.remove) || !self.remove.exists(n, n.lowerAscii() == 'host')",
            message = "remove must not contain Host: every request has exactly one. Use set to replace it.",
            fieldPath = ".remove")
    @ValidationRule(
            value = "!has(self.add) || !self.add.exists(h, h.name.lowerAscii() == 'host')",
            message = "add must not contain Host: every request has exactly one. Use set to replace it.",
            fieldPath = ".add")
    public record HeaderEdits(
            @Size(max = 16) @JsonPropertyDescription("Headers to set; each replaces all existing values of that name.")
            List<Header> set,

            @Size(max = 16) @JsonPropertyDescription("Headers to add; existing values are kept.")
            List<Header> add,

            @Size(max = 16) @JsonPropertyDescription("Names of headers to remove, with all their values.")
            List<@Size(min = 1, max = 256) @Pattern("^[!#-'*+.\\w^`|~-]+$") String> remove) {

        public HeaderEdits {
            set = Defaults.orEmpty(set);
            add = Defaults.orEmpty(add);
            remove = Defaults.orEmpty(remove);
        }
    }

    /** A header's name and value. */
    @ApiType
    @ValidationRule(
            value = "!(self.name.lowerAscii() in " + FRAMING + ")",
            message = "name must not be Connection, Content-Length, Expect, Keep-Alive, Proxy-Connection, TE, Trailer,"
                    + " Transfer-Encoding or Upgrade: the proxy manages these headers.",
            fieldPath = ".name")
    public record Header(
            @Required
            @Size(min = 1, max = 256)
            @Pattern("^[!#-'*+.\\w^`|~-]+$")
            @JsonPropertyDescription("Name of the header; unique in the list.")
            String name,

            @Required
            @Size(min = 1, max = 4096)
            @Pattern("^[\\x21-\\x7e\\x80-\\xff]([\\x09\\x20-\\x7e\\x80-\\xff]*[\\x21-\\x7e\\x80-\\xff])?$")
            @JsonPropertyDescription("Value of the header, without leading or trailing spaces and tabs.")
            String value) {}

    /** A filter class supplied by the user. */
    @ApiType
    public record Custom(
            @Required
            @Size(min = 1, max = 63)
            @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
            @JsonPropertyDescription("Name of the filter in metrics, logs and reports.")
            String name,

            @Required
            @Size(min = 1, max = 253)
            @Pattern("^[A-Za-z_$][A-Za-z0-9_$]*(\\.[A-Za-z_$][A-Za-z0-9_$]*)*$")
            @JsonPropertyDescription(
                    "Fully qualified name of a class that implements io.proxyroute.filter.ProxyFilter, for example"
                            + " com.example.TokenFilter.")
            String className,

            @Size(max = 64) @JsonPropertyDescription("Settings passed to the filter unchanged.")
            Map<String, @Size(max = 4096) String> config) {

        public Custom {
            config = Defaults.orEmpty(config);
        }
    }
}

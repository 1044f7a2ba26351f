package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;

/** One step that a rule applies: {@code type} says which of the others holds its settings. */
@ApiType
@ValidationRule(
        value = "has(self.requestHeaderModifier) == (self.type == 'RequestHeaderModifier')",
        message = "filters[].requestHeaderModifier must be given when filters[].type is RequestHeaderModifier, and only"
                + " then.")
@ValidationRule(
        value = "has(self.responseHeaderModifier) == (self.type == 'ResponseHeaderModifier')",
        message = "filters[].responseHeaderModifier must be given when filters[].type is ResponseHeaderModifier, and"
                + " only then.")
@ValidationRule(
        value = "has(self.custom) == (self.type == 'Custom')",
        message = "filters[].custom must be given when filters[].type is Custom, and only then.")
public record RuleFilterSpec(
        @Required
        @JsonPropertyDescription(
                "RequestHeaderModifier, ResponseHeaderModifier, or Custom for a class of your own; the settings"
                        + " stand under the field of the same name.")
        Type type,

        @JsonPropertyDescription("Edits of the request's headers before it goes to a backend.")
        HeaderEdits requestHeaderModifier,

        @JsonPropertyDescription("Edits of the answer's headers before it goes to the client.")
        HeaderEdits responseHeaderModifier,

        @JsonPropertyDescription(
                "A filter class from the proxy's filter directory; the image in spec.proxy.image brings it.")
        Custom custom) {

    /** What says where a message ends and what a hop does (RFC 9110, section 7.6.1; RFC 9112, section 6). */
    private static final String FRAMING = "['connection', 'content-length', 'expect', 'keep-alive', 'proxy-connection',"
            + " 'te', 'trailer', 'transfer-encoding', 'upgrade']";

    /** Kinds of filter. */
    public enum Type {
        RequestHeaderModifier,
        ResponseHeaderModifier,
        Custom
    }

    /** Edits of a header block, applied in the order set, add, remove. */
    @ApiType
    @ValidationRule(
            value = "has(self.set) || has(self.add) || has(self.remove)",
            message = "a header modifier must have at least one of set, add and remove.")
    @ValidationRule(
            value = "!has(self.remove) || self.remove.all(n, !(n.lowerAscii() in " + FRAMING + "))",
            message =
                    "remove must not name Connection, Content-Length, Expect, Keep-Alive, Proxy-Connection, TE, Trailer,"
                            + " Transfer-Encoding or Upgrade: the proxy sets those by itself.",
            fieldPath = ".remove")
    @ValidationRule(
            value = "!has(self.remove) || !self.remove.exists(n, n.lowerAscii() == 'host')",
            message = "remove must not name Host: every request has it once, and set replaces it.",
            fieldPath = ".remove")
    @ValidationRule(
            value = "!has(self.add) || !self.add.exists(h, h.name.lowerAscii() == 'host')",
            message = "add must not name Host: every request has it once, and set replaces it.",
            fieldPath = ".add")
    public record HeaderEdits(
            @Size(max = 16) @JsonPropertyDescription("Headers that replace all values of their name.")
            List<Header> set,

            @Size(max = 16) @JsonPropertyDescription("Headers added beside values that are there.")
            List<Header> add,

            @Size(max = 16) @JsonPropertyDescription("Names of headers of which all values are removed.")
            List<@Size(min = 1, max = 256) @Pattern("^[A-Za-z0-9!#$%&'*+\\-.^_`|~]+$") String> remove) {

        public HeaderEdits {
            set = Absent.orEmpty(set);
            add = Absent.orEmpty(add);
            remove = Absent.orEmpty(remove);
        }
    }

    /** A header's name and value. */
    @ApiType
    @ValidationRule(
            value = "!(self.name.lowerAscii() in " + FRAMING + ")",
            message = "name must not be Connection, Content-Length, Expect, Keep-Alive, Proxy-Connection, TE, Trailer,"
                    + " Transfer-Encoding or Upgrade: the proxy sets those by itself.",
            fieldPath = ".name")
    public record Header(
            @Required
            @Size(min = 1, max = 256)
            @Pattern("^[A-Za-z0-9!#$%&'*+\\-.^_`|~]+$")
            @JsonPropertyDescription("The header's name; unique in the list.")
            String name,

            @Required
            @Size(min = 1, max = 4096)
            @Pattern("^[\\x21-\\x7e\\x80-\\xff]([\\x09\\x20-\\x7e\\x80-\\xff]*[\\x21-\\x7e\\x80-\\xff])?$")
            @JsonPropertyDescription("The header's value; no spaces or tabs at its ends.")
            String value) {}

    /** A filter class of the user's. */
    @ApiType
    public record Custom(
            @Required
            @Size(min = 1, max = 63)
            @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
            @JsonPropertyDescription("Names the filter in the ledger, in metrics and in reports.")
            String name,

            @Required
            @Size(min = 1, max = 253)
            @Pattern("^[A-Za-z_$][A-Za-z0-9_$]*(\\.[A-Za-z_$][A-Za-z0-9_$]*)*$")
            @JsonPropertyDescription("Full name of a class that implements io.proxyroute.filter.ProxyFilter, as"
                    + " com.example.TokenFilter.")
            String className,

            @Size(max = 64) @JsonPropertyDescription("Settings handed to the filter as they are.")
            Map<String, @Size(max = 4096) String> config) {

        public Custom {
            config = Absent.orEmpty(config);
        }
    }
}

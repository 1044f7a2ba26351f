package io.proxyroute.proxy.routing;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.proxyroute.contract.config.RuleFilter;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Precompiled header modifications; applying them allocates only the added fields. Immutable. */
public final class HeaderEdit {

    private record Field(AsciiString name, String value) {}

    private final List<Field> set;
    private final List<Field> add;
    private final List<AsciiString> remove;

    private static final Set<String> FRAMING =
            Set.of("connection", "content-length", "expect", "transfer-encoding", "keep-alive", "te", "upgrade");

    private HeaderEdit(List<Field> set, List<Field> add, List<AsciiString> remove) {
        this.set = set;
        this.add = add;
        this.remove = remove;
    }

    static HeaderEdit compile(RuleFilter.HeaderEdits edits) {
        return new HeaderEdit(
                edits.set().stream().map(header -> field(header, true)).toList(),
                edits.add().stream().map(header -> field(header, false)).toList(),
                edits.remove().stream().map(name -> name(name, false)).toList());
    }

    private static Field field(RuleFilter.Header header, boolean set) {
        return new Field(name(header.name(), set), header.value());
    }

    /** Every request has exactly one Host, which can be set but neither added nor removed. */
    private static AsciiString name(String name, boolean set) {
        if (!set && name.equalsIgnoreCase("host")) {
            throw new IllegalArgumentException("header " + name + " can be set, but neither added nor removed");
        }
        if (FRAMING.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("header " + name + " controls the connection and cannot be modified");
        }
        return AsciiString.cached(name);
    }

    /** Modifies headers in place: first set, then add, then remove. */
    public void apply(HttpHeaders headers) {
        for (int i = 0; i < set.size(); i++) {
            headers.set(set.get(i).name, set.get(i).value);
        }
        for (int i = 0; i < add.size(); i++) {
            headers.add(add.get(i).name, add.get(i).value);
        }
        for (int i = 0; i < remove.size(); i++) {
            headers.remove(remove.get(i));
        }
    }
}

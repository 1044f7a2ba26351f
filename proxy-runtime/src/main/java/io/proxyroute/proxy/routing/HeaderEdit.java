package io.proxyroute.proxy.routing;

import io.netty.util.AsciiString;
import io.proxyroute.contract.config.RuleFilter;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import io.proxyroute.proxy.stream.ReservedFields;
import java.util.List;

/** Precompiled header modifications; applying them allocates only the added fields. Immutable. */
public final class HeaderEdit {

    private record Field(AsciiString name, String value) {}

    private final List<Field> set;
    private final List<Field> add;
    private final List<AsciiString> remove;
    /** The new authority of the request; null if unchanged. */
    private final String authority;

    private HeaderEdit(List<Field> set, List<Field> add, List<AsciiString> remove, String authority) {
        this.set = set;
        this.add = add;
        this.remove = remove;
        this.authority = authority;
    }

    static HeaderEdit compile(RuleFilter.HeaderEdits edits) {
        return new HeaderEdit(
                edits.set().stream()
                        .filter(header -> !isHost(header.name()))
                        .map(header -> field(header, true))
                        .toList(),
                edits.add().stream().map(header -> field(header, false)).toList(),
                edits.remove().stream().map(name -> name(name, false)).toList(),
                edits.set().stream()
                        .filter(header -> isHost(header.name()))
                        .map(RuleFilter.Header::value)
                        .reduce((first, last) -> last)
                        .orElse(null));
    }

    private static Field field(RuleFilter.Header header, boolean set) {
        return new Field(name(header.name(), set), header.value());
    }

    private static boolean isHost(String name) {
        return name.equalsIgnoreCase("host");
    }

    /** Every request has exactly one Host, which can be set but neither added nor removed. */
    private static AsciiString name(String name, boolean set) {
        if (!set && isHost(name)) {
            throw new IllegalArgumentException("header " + name + " can be set, but neither added nor removed");
        }
        if (ReservedFields.isReserved(name) || name.equalsIgnoreCase("expect")) {
            throw new IllegalArgumentException("header " + name + " controls the connection and cannot be modified");
        }
        return AsciiString.cached(name);
    }

    /** Modifies a request's or a response's head in place: first set, then add, then remove. */
    public void apply(Head head) {
        if (authority != null) {
            head.setAuthority(authority);
        }
        Fields fields = head.fields();
        for (int i = 0; i < set.size(); i++) {
            fields.set(set.get(i).name, set.get(i).value);
        }
        for (int i = 0; i < add.size(); i++) {
            fields.add(add.get(i).name, add.get(i).value);
        }
        for (int i = 0; i < remove.size(); i++) {
            fields.remove(remove.get(i));
        }
    }
}

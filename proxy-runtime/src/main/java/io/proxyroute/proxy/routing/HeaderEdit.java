package io.proxyroute.proxy.routing;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.proxyroute.contract.config.RuleFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Edits of a header block, prepared so that applying them allocates nothing but what they add. Immutable. */
public final class HeaderEdit {

    private record Field(AsciiString name, String value) {}

    private final List<Field> set;
    private final List<Field> add;
    private final List<AsciiString> remove;

    private static final Set<String> FRAMING =
            Set.of("connection", "content-length", "transfer-encoding", "keep-alive", "te", "upgrade");

    private HeaderEdit(List<Field> set, List<Field> add, List<AsciiString> remove) {
        this.set = set;
        this.add = add;
        this.remove = remove;
    }

    static HeaderEdit compile(RuleFilter.HeaderEdits edits) {
        return new HeaderEdit(
                fields(edits.set()),
                fields(edits.add()),
                edits.remove().stream().map(HeaderEdit::name).toList());
    }

    private static AsciiString name(String name) {
        if (FRAMING.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("header " + name + " belongs to the connection and cannot be edited");
        }
        return AsciiString.cached(name);
    }

    private static List<Field> fields(List<RuleFilter.Header> headers) {
        List<Field> fields = new ArrayList<>();
        for (RuleFilter.Header header : headers) {
            fields.add(new Field(name(header.name()), header.value()));
        }
        return List.copyOf(fields);
    }

    /** Edits in place: first what is set, then what is added, then what is removed. */
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

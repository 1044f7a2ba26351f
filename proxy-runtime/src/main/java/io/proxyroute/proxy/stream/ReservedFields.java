package io.proxyroute.proxy.stream;

import java.util.Locale;
import java.util.Set;

/**
 * Fields that {@link Fields} of a forwarded head never include: those that frame a message, which are members of
 * {@link Head}, and those that apply to one connection (RFC 9110, section 7.6.1).
 */
public final class ReservedFields {

    private static final Set<String> NAMES = Set.of(
            "connection", "content-length", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade");

    private ReservedFields() {}

    /** Whether a field of this name is reserved. */
    public static boolean isReserved(String name) {
        return NAMES.contains(name.toLowerCase(Locale.ROOT));
    }

    /** Removes reserved fields that a filter has set. */
    public static void removeFrom(Fields fields) {
        for (String name : NAMES) {
            fields.remove(name);
        }
    }
}

package io.proxyroute.proxy.stream;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Header or trailer fields, in the order in which they arrived, edited in place. Names are case-insensitive.
 * Framing and connection fields are never included: they are members of {@link Head}. Confined to one thread at a
 * time.
 *
 * <p>Wraps Netty's {@link HttpHeaders}, which only the codec in {@code http1} passes in.
 */
public final class Fields implements Iterable<Map.Entry<CharSequence, CharSequence>> {

    private final HttpHeaders headers;

    /** Creates an empty collection. */
    public Fields() {
        this(new DefaultHttpHeaders());
    }

    private Fields(HttpHeaders headers) {
        this.headers = headers;
    }

    /** Fields that a codec decoded; edits go through to {@code headers}. For {@code http1}. */
    public static Fields wrap(HttpHeaders headers) {
        return new Fields(headers);
    }

    /** Whether there are no fields. */
    public boolean isEmpty() {
        return headers.isEmpty();
    }

    /** Whether a field of this name is present. */
    public boolean contains(CharSequence name) {
        return headers.contains(name);
    }

    /** The first value, or null. */
    public String get(CharSequence name) {
        return headers.get(name);
    }

    /** The first value as a number; {@code defaultValue} if it is absent or not a number. */
    public int getInt(CharSequence name, int defaultValue) {
        return headers.getInt(name, defaultValue);
    }

    /** All values in order, or an empty list. */
    public List<String> getAll(CharSequence name) {
        return headers.getAll(name);
    }

    /** The names present. */
    public Set<String> names() {
        return headers.names();
    }

    /**
     * Replaces all values of a name.
     *
     * @throws IllegalArgumentException name or value contains characters that are not allowed in a header
     */
    public void set(CharSequence name, CharSequence value) {
        headers.set(name, value);
    }

    /**
     * Adds a value.
     *
     * @throws IllegalArgumentException name or value contains characters that are not allowed in a header
     */
    public void add(CharSequence name, CharSequence value) {
        headers.add(name, value);
    }

    /** Removes all values of a name. */
    public void remove(CharSequence name) {
        headers.remove(name);
    }

    /** Replaces all fields with those of another. */
    public void setAll(Fields others) {
        headers.set(others.headers);
    }

    /** An independent copy. */
    public Fields copy() {
        return new Fields(headers.copy());
    }

    @Override
    public Iterator<Map.Entry<CharSequence, CharSequence>> iterator() {
        return headers.iteratorCharSequence();
    }

    @Override
    public String toString() {
        return headers.toString();
    }
}

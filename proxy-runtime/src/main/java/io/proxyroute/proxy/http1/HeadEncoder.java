package io.proxyroute.proxy.http1;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import java.util.Arrays;
import java.util.Map;

/**
 * Writes heads, chunks and trailers as HTTP/1.1 (RFC 9112). The head's length alone determines the framing. Fields are
 * written unchecked: they were validated when decoded or set. Confined to one event loop.
 *
 * <p>A head is assembled on the heap and copied once, because every write to direct memory is bounds-checked.
 */
final class HeadEncoder {

    private static final int INITIAL_CAPACITY = 1 << 10;
    private static final int MAX_KEPT_CAPACITY = 16 << 10;

    private static final byte[] REQUEST_VERSION_AND_HOST = bytes(" HTTP/1.1\r\nhost: ");
    private static final byte[][] STATUS_LINES = statusLines();
    private static final byte[] CONTENT_LENGTH = bytes("content-length: ");
    private static final byte[] CHUNKED = bytes("transfer-encoding: chunked\r\n");
    private static final byte[] TE_TRAILERS = bytes("te: trailers\r\nconnection: te\r\n");
    private static final byte[] CLOSE = bytes("connection: close\r\n");
    private static final byte[] KEEP_ALIVE = bytes("connection: keep-alive\r\n");
    private static final byte[] CRLF = bytes("\r\n");
    private static final byte[] COLON_SPACE = bytes(": ");
    private static final byte[] LAST_CHUNK = bytes("0\r\n");

    private byte[] head = new byte[INITIAL_CAPACITY];
    private int length;

    private static byte[] bytes(String text) {
        return text.getBytes(US_ASCII);
    }

    /** The Connection option of a response. */
    enum Connection {
        /** None: the version's default applies. */
        DEFAULT,
        /** The connection closes after this response. */
        CLOSE,
        /** The connection stays open, which is not HTTP/1.0's default. */
        KEEP_ALIVE
    }

    /** How the body of a response is delimited. */
    enum Framing {
        /** No body, and no framing field. */
        NONE,
        /** By {@link Head#length()}, which is announced even if the body is omitted. */
        LENGTH,
        /** Chunked. */
        CHUNKED
    }

    void request(Head request, ByteBuf out) {
        add(request.method());
        add(' ');
        add(request.target());
        add(REQUEST_VERSION_AND_HOST);
        add(request.authority());
        add(CRLF);
        add(request.fields());
        if (request.length() == Head.UNKNOWN) {
            add(CHUNKED);
        } else if (request.length() > 0 || announcesEmptyBody(request.method())) {
            addContentLength(request.length());
        }
        if (request.acceptsTrailers()) {
            add(TE_TRAILERS);
        }
        add(CRLF);
        copyTo(out);
    }

    /** Methods with defined body semantics, which send a length of 0 for an empty body (RFC 9110, section 8.6). */
    private static boolean announcesEmptyBody(String method) {
        return switch (method) {
            case "POST", "PUT", "PATCH" -> true;
            default -> false;
        };
    }

    void response(Head response, Framing framing, Connection connection, ByteBuf out) {
        add(STATUS_LINES[response.status()]);
        add(response.fields());
        switch (framing) {
            case NONE -> {}
            case LENGTH -> addContentLength(response.length());
            case CHUNKED -> add(CHUNKED);
        }
        switch (connection) {
            case DEFAULT -> {}
            case CLOSE -> add(CLOSE);
            case KEEP_ALIVE -> add(KEEP_ALIVE);
        }
        add(CRLF);
        copyTo(out);
    }

    /** Indexed by status code. */
    private static byte[][] statusLines() {
        byte[][] lines = new byte[1000][];
        for (int code = 100; code < lines.length; code++) {
            HttpResponseStatus status = HttpResponseStatus.valueOf(code);
            lines[code] = bytes("HTTP/1.1 " + code + " " + status.reasonPhrase() + "\r\n");
        }
        return lines;
    }

    /** The last chunk and the trailers. */
    void lastChunk(Fields trailers, ByteBuf out) {
        add(LAST_CHUNK);
        if (trailers != null) {
            add(trailers);
        }
        add(CRLF);
        copyTo(out);
    }

    /** Writes the size line of a chunk; {@link #chunkEnd} follows its content. */
    static void chunkSize(int bytes, ByteBuf out) {
        for (int shift = (31 - Integer.numberOfLeadingZeros(bytes)) & ~3; shift >= 0; shift -= 4) {
            out.writeByte("0123456789abcdef".charAt(bytes >>> shift & 15));
        }
        chunkEnd(out);
    }

    static void chunkEnd(ByteBuf out) {
        out.writeShort('\r' << 8 | '\n');
    }

    // --- the bytes of one head

    private void addContentLength(long bytes) {
        add(CONTENT_LENGTH);
        long divisor = 1;
        while (bytes / divisor >= 10) {
            divisor *= 10;
        }
        for (; divisor > 0; divisor /= 10) {
            add('0' + (int) (bytes / divisor % 10));
        }
        add(CRLF);
    }

    private void add(Fields fields) {
        for (Map.Entry<CharSequence, CharSequence> field : fields) {
            add(field.getKey());
            add(COLON_SPACE);
            add(field.getValue());
            add(CRLF);
        }
    }

    private void add(int octet) {
        reserve(1);
        head[length++] = (byte) octet;
    }

    private void add(byte[] bytes) {
        add(bytes, 0, bytes.length);
    }

    private void add(byte[] bytes, int from, int count) {
        reserve(count);
        System.arraycopy(bytes, from, head, length, count);
        length += count;
    }

    private void add(CharSequence text) {
        if (text instanceof AsciiString ascii) {
            add(ascii.array(), ascii.arrayOffset(), ascii.length());
            return;
        }
        int count = text.length();
        reserve(count);
        byte[] target = head;
        int at = length;
        for (int i = 0; i < count; i++) {
            char c = text.charAt(i);
            target[at + i] = (byte) (c <= 0xff ? c : '?'); // the low byte alone could be CR or LF
        }
        length += count;
    }

    private void reserve(int count) {
        if (head.length - length < count) {
            head = Arrays.copyOf(head, Math.max(head.length * 2, length + count));
        }
    }

    private void copyTo(ByteBuf out) {
        try {
            out.writeBytes(head, 0, length);
        } finally {
            length = 0;
            if (head.length > MAX_KEPT_CAPACITY) {
                head = new byte[INITIAL_CAPACITY];
            }
        }
    }
}

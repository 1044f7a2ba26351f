package io.proxyroute.proxy.http1;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.stream.Head;
import java.util.Map;

/**
 * Writes heads, chunks and trailers as HTTP/1.1 (RFC 9112). The framing follows the head's length alone. Fields are
 * written as they are: their characters were checked when they were decoded or set.
 */
final class HeadEncoder {

    private static final byte[] REQUEST_VERSION_AND_HOST = bytes(" HTTP/1.1\r\nhost: ");
    private static final byte[][] STATUS_LINES = statusLines();
    private static final byte[] CONTENT_LENGTH = bytes("content-length: ");
    private static final byte[] CHUNKED = bytes("transfer-encoding: chunked\r\n");
    private static final byte[] TE_TRAILERS = bytes("te: trailers\r\nconnection: te\r\n");
    private static final byte[] CLOSE = bytes("connection: close\r\n");
    private static final byte[] KEEP_ALIVE = bytes("connection: keep-alive\r\n");
    private static final int CRLF = '\r' << 8 | '\n';
    private static final int COLON_SPACE = ':' << 8 | ' ';
    private static final byte[] LAST_CHUNK = bytes("0\r\n");

    private HeadEncoder() {}

    private static byte[] bytes(String text) {
        return text.getBytes(US_ASCII);
    }

    /** What a response says of its connection. */
    enum Connection {
        /** Nothing: the version's default holds. */
        DEFAULT,
        /** It closes after this response. */
        CLOSE,
        /** It stays open, which HTTP/1.0 does not expect. */
        KEEP_ALIVE
    }

    /** How the body of a response ends. */
    enum Framing {
        /** There is none, and nothing is said of it. */
        NONE,
        /** By {@link Head#length()}, which is also announced where the body itself is left out. */
        LENGTH,
        /** By the last chunk. */
        CHUNKED
    }

    static void request(Head head, ByteBuf out) {
        ascii(head.method(), out);
        out.writeByte(' ');
        ascii(head.target(), out);
        out.writeBytes(REQUEST_VERSION_AND_HOST);
        ascii(head.authority(), out);
        out.writeShort(CRLF);
        fields(head.fields(), out);
        if (head.length() == Head.UNKNOWN) {
            out.writeBytes(CHUNKED);
        } else if (head.length() > 0 || announcesEmptyBody(head.method())) {
            contentLength(head.length(), out);
        }
        if (head.trailersAccepted()) {
            out.writeBytes(TE_TRAILERS);
        }
        out.writeShort(CRLF);
    }

    /** Methods that define a meaning for a body, so that its absence is worth a length (RFC 9110, section 8.6). */
    private static boolean announcesEmptyBody(String method) {
        return switch (method) {
            case "POST", "PUT", "PATCH" -> true;
            default -> false;
        };
    }

    static void response(Head head, Framing framing, Connection connection, ByteBuf out) {
        out.writeBytes(STATUS_LINES[head.status()]);
        fields(head.fields(), out);
        switch (framing) {
            case NONE -> {}
            case LENGTH -> contentLength(head.length(), out);
            case CHUNKED -> out.writeBytes(CHUNKED);
        }
        switch (connection) {
            case DEFAULT -> {}
            case CLOSE -> out.writeBytes(CLOSE);
            case KEEP_ALIVE -> out.writeBytes(KEEP_ALIVE);
        }
        out.writeShort(CRLF);
    }

    /** By status. */
    private static byte[][] statusLines() {
        byte[][] lines = new byte[1000][];
        for (int code = 100; code < lines.length; code++) {
            HttpResponseStatus status = HttpResponseStatus.valueOf(code);
            lines[code] = bytes("HTTP/1.1 " + code + " " + status.reasonPhrase() + "\r\n");
        }
        return lines;
    }

    private static void contentLength(long length, ByteBuf out) {
        out.writeBytes(CONTENT_LENGTH);
        decimal(length, out);
        out.writeShort(CRLF);
    }

    private static void decimal(long number, ByteBuf out) {
        long divisor = 1;
        while (number / divisor >= 10) {
            divisor *= 10;
        }
        for (; divisor > 0; divisor /= 10) {
            out.writeByte('0' + (int) (number / divisor % 10));
        }
    }

    private static void fields(Fields fields, ByteBuf out) {
        for (Map.Entry<CharSequence, CharSequence> field : fields) {
            ascii(field.getKey(), out);
            out.writeShort(COLON_SPACE);
            ascii(field.getValue(), out);
            out.writeShort(CRLF);
        }
    }

    private static void ascii(CharSequence text, ByteBuf out) {
        if (text instanceof AsciiString bytes) {
            ByteBufUtil.copy(bytes, out);
        } else {
            out.writeCharSequence(text, US_ASCII);
        }
    }

    /** The beginning of a chunk; {@link #chunkEnd} follows its content. */
    static void chunkBegin(int bytes, ByteBuf out) {
        for (int shift = (31 - Integer.numberOfLeadingZeros(bytes)) & ~3; shift >= 0; shift -= 4) {
            out.writeByte("0123456789abcdef".charAt(bytes >>> shift & 15));
        }
        out.writeShort(CRLF);
    }

    static void chunkEnd(ByteBuf out) {
        out.writeShort(CRLF);
    }

    /** The last chunk and the trailers. */
    static void lastChunk(Fields trailers, ByteBuf out) {
        out.writeBytes(LAST_CHUNK);
        if (trailers != null) {
            fields(trailers, out);
        }
        out.writeShort(CRLF);
    }
}

package io.proxyroute.proxy.harness;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads HTTP/1.1 messages from a stream, strictly and without a library, so that tests check the bytes on the wire. */
public final class RawHttp {

    private RawHttp() {}

    /**
     * A message as it arrived.
     *
     * @param startLine the request line or status line
     * @param headers header lines as they arrived, without line breaks
     * @param body without its framing
     * @param trailers trailer lines after the last chunk
     */
    public record Message(String startLine, List<String> headers, byte[] body, List<String> trailers) {

        /** The value of a header that occurs at most once; null if it is absent. */
        public String header(String name) {
            List<String> values = headerValues(name);
            if (values.size() > 1) {
                throw new AssertionError("more than one " + name + ": " + values);
            }
            return values.isEmpty() ? null : values.getFirst();
        }

        /** All values of a header, in order. */
        public List<String> headerValues(String name) {
            List<String> values = new ArrayList<>();
            for (String line : headers) {
                int colon = line.indexOf(':');
                if (line.substring(0, colon).equalsIgnoreCase(name)) {
                    values.add(line.substring(colon + 1).strip());
                }
            }
            return values;
        }

        /** The status of a response. */
        public int status() {
            return Integer.parseInt(startLine.substring(9, 12));
        }

        /** The target of a request. */
        public String target() {
            return startLine.split(" ")[1];
        }

        /** The body as text. */
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** Reads a line up to CRLF; null at the end of the stream. */
    public static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                if (line.size() == 0) {
                    return null;
                }
                throw new EOFException("the stream ended in a line: " + line);
            }
            line.write(b);
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        if (!text.endsWith("\r")) {
            throw new IOException("a line ends without CR: " + text);
        }
        return text.substring(0, text.length() - 1);
    }

    /** Reads a head; null at the end of the stream. The body is empty. */
    public static Message head(InputStream in) throws IOException {
        String first = line(in);
        if (first == null) {
            return null;
        }
        return new Message(first, lines(in), new byte[0], List.of());
    }

    private static List<String> lines(InputStream in) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = line(in); !"".equals(line); line = line(in)) {
            if (line == null) {
                throw new EOFException("the stream ended in the headers");
            }
            lines.add(line);
        }
        return lines;
    }

    /** Reads a request with its body; null at the end of the stream. */
    public static Message request(InputStream in) throws IOException {
        Message head = head(in);
        return head == null ? null : body(in, head, false);
    }

    /** Reads a final response with its body; skips interim ones. */
    public static Message response(InputStream in, boolean toHead) throws IOException {
        while (true) {
            Message head = head(in);
            if (head == null) {
                throw new EOFException("closed before the response");
            }
            int status = head.status();
            if (status >= 200) {
                return toHead || status == 204 || status == 304 ? head : body(in, head, true);
            }
        }
    }

    private static Message body(InputStream in, Message head, boolean isResponse) throws IOException {
        if ("chunked".equalsIgnoreCase(head.header("transfer-encoding"))) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            while (true) {
                int size = Integer.parseInt(line(in).split(";")[0].strip().toLowerCase(Locale.ROOT), 16);
                if (size == 0) {
                    return new Message(head.startLine(), head.headers(), body.toByteArray(), lines(in));
                }
                body.write(exactly(in, size));
                if (!"".equals(line(in))) {
                    throw new IOException("a chunk does not end with CRLF");
                }
            }
        }
        String length = head.header("content-length");
        byte[] body =
                length != null ? exactly(in, Integer.parseInt(length)) : isResponse ? in.readAllBytes() : new byte[0];
        return new Message(head.startLine(), head.headers(), body, List.of());
    }

    private static byte[] exactly(InputStream in, int size) throws IOException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException("the stream ended after " + bytes.length + " of " + size + " bytes");
        }
        return bytes;
    }
}

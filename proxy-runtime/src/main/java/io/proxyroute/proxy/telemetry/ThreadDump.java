package io.proxyroute.proxy.telemetry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Lists all threads of the process, including virtual ones. The JDK lists unreferenced virtual threads only in a dump to a
 * file, which is read as a stream and deleted. Costs about 50 microseconds per thread. Any thread; blocks.
 */
public final class ThreadDump {

    private static final JsonFactory JSON = new JsonFactory();

    private ThreadDump() {}

    /**
     * A thread in the dump.
     *
     * @param id unique in the process
     * @param frames innermost first
     */
    public record ThreadInfo(long id, boolean virtual, String name, String state, List<String> frames) {}

    /**
     * Visits every thread.
     *
     * @param maxFrames the number of innermost frames to read of each thread
     */
    public static void take(int maxFrames, Consumer<ThreadInfo> visitor) throws IOException {
        // The dump creates the file and fails if it exists.
        Path directory = Files.createTempDirectory("threads");
        Path file = directory.resolve("dump.json");
        try {
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .dumpThreads(file.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.JSON);
            try (JsonParser parser = JSON.createParser(file.toFile())) {
                parse(parser, maxFrames, visitor);
            }
        } finally {
            Files.deleteIfExists(file);
            Files.delete(directory);
        }
    }

    private static void parse(JsonParser parser, int maxFrames, Consumer<ThreadInfo> visitor) throws IOException {
        for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
            if (token == JsonToken.FIELD_NAME && parser.currentName().equals("threads")) {
                parser.nextToken();
                while (parser.nextToken() == JsonToken.START_OBJECT) {
                    visitor.accept(thread(parser, maxFrames));
                }
            }
        }
    }

    private static ThreadInfo thread(JsonParser parser, int maxFrames) throws IOException {
        long id = 0;
        boolean virtual = false;
        String name = "";
        String state = "";
        List<String> frames = List.of();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            parser.nextToken();
            switch (field) {
                case "tid" -> id = parser.getValueAsLong();
                case "virtual" -> virtual = parser.getValueAsBoolean();
                case "name" -> name = parser.getValueAsString("");
                case "state" -> state = parser.getValueAsString("");
                case "stack" -> frames = frames(parser, maxFrames);
                default -> parser.skipChildren();
            }
        }
        return new ThreadInfo(id, virtual, name, state, frames);
    }

    private static List<String> frames(JsonParser parser, int max) throws IOException {
        List<String> frames = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (frames.size() < max) {
                frames.add(parser.getText());
            }
        }
        return frames;
    }
}

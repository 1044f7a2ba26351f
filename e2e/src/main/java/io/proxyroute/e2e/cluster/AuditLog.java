package io.proxyroute.e2e.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The API server's audit log: who did what to which object. */
public final class AuditLog {

    /** User of the operator. */
    public static final String OPERATOR =
            "system:serviceaccount:" + Installation.NAMESPACE + ":" + Installation.OPERATOR;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> READS = Set.of("get", "list", "watch");

    private final Path file;

    /** The log at a path; older parts lie beside it. */
    public AuditLog(Path file) {
        this.file = file;
    }

    /**
     * A request that the API server has answered.
     *
     * @param at when it came
     * @param user who asked
     * @param verb as in RBAC
     * @param group API group; empty for the core group
     * @param resource plural, with the subresource after a slash if there is one
     * @param namespace null for what has none
     * @param name null where none was given
     * @param status HTTP status of the answer
     * @param authorized whether RBAC let it through
     */
    public record Entry(
            Instant at,
            String user,
            String verb,
            String group,
            String resource,
            String namespace,
            String name,
            int status,
            boolean authorized) {

        /** Whether it asked for a change. */
        public boolean isWrite() {
            return !READS.contains(verb);
        }
    }

    /** Requests of a user since a moment, oldest first. */
    public List<Entry> of(String user, Instant since) {
        try (Stream<Path> parts = Files.list(file.getParent())) {
            return parts.filter(part -> part.getFileName().toString().startsWith("audit"))
                    .flatMap(part -> entries(part, user))
                    .filter(entry -> !entry.at().isBefore(since))
                    .sorted(Comparator.comparing(Entry::at))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Entry> entries(Path part, String user) {
        try (Stream<String> lines = Files.lines(part)) {
            // The last line may be half written.
            return lines
                    .filter(line -> line.contains('"' + user + '"') && line.endsWith("}"))
                    .map(AuditLog::parse)
                    .filter(event -> event.path("stage").asText().equals("ResponseComplete")
                            || event.path("stage").asText().equals("ResponseStarted"))
                    .filter(event ->
                            event.path("user").path("username").asText().equals(user))
                    .filter(event -> event.has("objectRef"))
                    .map(AuditLog::entry)
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(line, e);
        }
    }

    private static Entry entry(JsonNode event) {
        JsonNode object = event.path("objectRef");
        String subresource = object.path("subresource").asText("");
        return new Entry(
                Instant.parse(event.path("requestReceivedTimestamp").asText()),
                event.path("user").path("username").asText(),
                event.path("verb").asText(),
                object.path("apiGroup").asText(""),
                object.path("resource").asText() + (subresource.isEmpty() ? "" : "/" + subresource),
                object.path("namespace").asText(null),
                object.path("name").asText(null),
                event.path("responseStatus").path("code").asInt(),
                event.path("annotations")
                        .path("authorization.k8s.io/decision")
                        .asText()
                        .equals("allow"));
    }
}

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

    /** User name of the operator. */
    public static final String OPERATOR =
            "system:serviceaccount:" + Installation.NAMESPACE + ":" + Installation.OPERATOR;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> READS = Set.of("get", "list", "watch");

    private final Path file;

    /** Reads the log at a path, and the rotated files next to it. */
    public AuditLog(Path file) {
        this.file = file;
    }

    /**
     * A request to the API server.
     *
     * @param at time of receipt
     * @param user who sent it
     * @param verb verb as in RBAC
     * @param group API group; empty for the core group
     * @param resource plural name, followed by a slash and the subresource if there is one
     * @param namespace null for cluster-scoped resources
     * @param name null if the request names no object
     * @param status HTTP status of the response
     * @param authorized whether RBAC allowed it
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

        /** Whether the request is a write. */
        public boolean isWrite() {
            return !READS.contains(verb);
        }
    }

    /** The requests of a user since a point in time, oldest first. */
    public List<Entry> entriesOf(String user, Instant since) {
        try (Stream<Path> files = Files.list(file.getParent())) {
            return files.filter(each -> each.getFileName().toString().startsWith("audit"))
                    .flatMap(each -> entries(each, user))
                    .filter(entry -> !entry.at().isBefore(since))
                    .sorted(Comparator.comparing(Entry::at))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Entry> entries(Path file, String user) {
        try (Stream<String> lines = Files.lines(file)) {
            // The last line may be incomplete.
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

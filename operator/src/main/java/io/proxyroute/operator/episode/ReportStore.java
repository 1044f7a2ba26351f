package io.proxyroute.operator.episode;

import io.proxyroute.contract.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports and the case files that they are made from, in one directory: {@code NAME.html} and {@code NAME.json}. Files
 * appear whole or not at all. Thread-safe as long as each name has one writer.
 */
final class ReportStore {

    private static final Logger LOG = LoggerFactory.getLogger(ReportStore.class);
    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,100}");

    private final Path directory;

    ReportStore(Path directory) {
        this.directory = directory;
    }

    /** Where users find the report of a run. */
    static String reference(String name) {
        return "/reports/" + name + ".html";
    }

    void write(String name, String html) throws IOException {
        write(directory.resolve(name + ".html"), html.getBytes(StandardCharsets.UTF_8));
    }

    void write(String name, CaseFile file) throws IOException {
        write(directory.resolve(name + ".json"), Json.MAPPER.writeValueAsBytes(file));
    }

    /** The report; empty when there is none of that name. */
    Optional<byte[]> report(String name) throws IOException {
        return NAME.matcher(name).matches() ? read(directory.resolve(name + ".html")) : Optional.empty();
    }

    /** What was collected for a run, by this operator or one before it. */
    Optional<CaseFile> caseFile(String name) {
        try {
            Optional<byte[]> json = read(directory.resolve(name + ".json"));
            return json.isEmpty() ? Optional.empty() : Optional.of(Json.MAPPER.readValue(json.get(), CaseFile.class));
        } catch (IOException e) {
            LOG.warn("case file {} cannot be read: {}", name, e.getMessage());
            return Optional.empty();
        }
    }

    /** Names of all reports, newest first. */
    List<String> names() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".html"))
                    .map(file -> file.substring(0, file.length() - ".html".length()))
                    .sorted(Comparator.comparing(this::writtenAt).reversed())
                    .toList();
        }
    }

    /** Deletes what has expired. */
    void sweep(Instant now) throws IOException {
        for (String name : names()) {
            boolean expired =
                    caseFile(name).map(file -> file.expiresAt().isBefore(now)).orElse(false);
            if (expired) {
                Files.deleteIfExists(directory.resolve(name + ".html"));
                Files.deleteIfExists(directory.resolve(name + ".json"));
            }
        }
    }

    private Instant writtenAt(String name) {
        try {
            return Files.getLastModifiedTime(directory.resolve(name + ".html")).toInstant();
        } catch (IOException e) {
            return Instant.EPOCH;
        }
    }

    private void write(Path file, byte[] content) throws IOException {
        Files.createDirectories(directory);
        Path partial = Files.createTempFile(directory, ".", ".partial");
        Files.write(partial, content);
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Optional<byte[]> read(Path file) throws IOException {
        try {
            return Optional.of(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}

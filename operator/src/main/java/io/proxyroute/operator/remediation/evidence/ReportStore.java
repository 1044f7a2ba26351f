package io.proxyroute.operator.remediation.evidence;

import io.proxyroute.contract.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports and the diagnostics behind them, in one directory: {@code NAME.html} and {@code NAME.json}. Files
 * are written atomically. Thread-safe as long as each name has one writer.
 */
public final class ReportStore {

    private static final Logger LOG = LoggerFactory.getLogger(ReportStore.class);
    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,100}");

    private static final String PARTIAL = ".partial";
    /** An older partial file is left from an interrupted write. */
    private static final Duration MAX_WRITE_TIME = Duration.ofHours(1);
    /** Half of the volume in {@code manifests/base}; the other half is for reports written between two sweeps. */
    private static final long MAX_BYTES = 512L << 20;
    /** One owner may use this part of the space, so that others keep some. */
    private static final int OWNERS = 4;

    private static final int MAX_FILE_BYTES = 8 << 20;

    private final Path directory;
    private final long maxBytes;

    public ReportStore(Path directory) {
        this(directory, MAX_BYTES);
    }

    /** @param maxBytes limit for all files together */
    ReportStore(Path directory, long maxBytes) {
        this.directory = directory;
        this.maxBytes = maxBytes;
    }

    /** Path of the report of a run at the report server. */
    static String reference(String name) {
        return "/reports/" + name + ".html";
    }

    void write(String name, String html) throws IOException {
        write(directory.resolve(name + ".html"), html.getBytes(StandardCharsets.UTF_8));
    }

    void write(String name, DiagnosticsBundle bundle) throws IOException {
        write(directory.resolve(name + ".json"), Json.MAPPER.writeValueAsBytes(bundle));
    }

    /** The report of this name; empty if there is none. */
    Optional<byte[]> report(String name) throws IOException {
        return NAME.matcher(name).matches() ? read(directory.resolve(name + ".html")) : Optional.empty();
    }

    /** The diagnostics of a run, collected by this operator or a previous one. */
    public Optional<DiagnosticsBundle> bundle(String name) {
        try {
            Optional<byte[]> json = read(directory.resolve(name + ".json"));
            return json.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Json.MAPPER.readValue(json.get(), DiagnosticsBundle.class));
        } catch (IOException e) {
            LOG.warn("Cannot read the diagnostics of run {}: {}", name, e.getMessage());
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

    /**
     * Deletes files that are too old, then the oldest ones of each owner until those that remain are within its share, and then the
     * oldest ones of all until the remaining files fit.
     *
     * @param maxAge maximum age of the files of a name; empty for files that must stay
     * @param owner who the files of a name belong to
     */
    public void sweep(Instant now, Function<String, Optional<Duration>> maxAge, UnaryOperator<String> owner)
            throws IOException {
        List<StoredFile> files = files();
        Map<String, Long> byOwner = files.stream()
                .collect(Collectors.groupingBy(
                        file -> owner.apply(file.name()), Collectors.summingLong(StoredFile::bytes)));
        long left = files.stream().mapToLong(StoredFile::bytes).sum();
        List<StoredFile> deletable = new ArrayList<>();
        for (StoredFile file : files) {
            Optional<Duration> age = file.isPartial() ? Optional.of(MAX_WRITE_TIME) : maxAge.apply(file.name());
            boolean expired =
                    age.map(max -> file.writtenAt().plus(max).isBefore(now)).orElse(false);
            String whose = owner.apply(file.name());
            if (expired || age.isPresent() && byOwner.get(whose) > maxBytes / OWNERS) {
                Files.deleteIfExists(file.path());
                byOwner.merge(whose, -file.bytes(), Long::sum);
                left -= file.bytes();
            } else if (age.isPresent()) {
                deletable.add(file);
            }
        }
        for (StoredFile file : deletable) {
            if (left > maxBytes) {
                Files.deleteIfExists(file.path());
                left -= file.bytes();
            }
        }
    }

    /** All files, oldest first. */
    private List<StoredFile> files() throws IOException {
        List<StoredFile> files = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            Files.walkFileTree(directory, Set.of(), 1, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile()) {
                        files.add(new StoredFile(
                                file, attributes.lastModifiedTime().toInstant(), attributes.size()));
                    }
                    return FileVisitResult.CONTINUE;
                }

                /** The file has been deleted in the meantime. */
                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    return FileVisitResult.CONTINUE;
                }
            });
        }
        files.sort(Comparator.comparing(StoredFile::writtenAt));
        return files;
    }

    private record StoredFile(Path path, Instant writtenAt, long bytes) {

        boolean isPartial() {
            return path.toString().endsWith(PARTIAL);
        }

        String name() {
            String file = path.getFileName().toString();
            return file.substring(0, Math.max(0, file.lastIndexOf('.')));
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
        if (content.length > MAX_FILE_BYTES) {
            throw new IOException("%s would have %d bytes; at most %d are stored"
                    .formatted(file.getFileName(), content.length, MAX_FILE_BYTES));
        }
        Files.createDirectories(directory);
        Path partial = Files.createTempFile(directory, ".", PARTIAL);
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

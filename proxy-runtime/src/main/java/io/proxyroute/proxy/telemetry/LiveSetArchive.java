package io.proxyroute.proxy.telemetry;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.proxyroute.contract.Json;
import io.proxyroute.contract.telemetry.LiveSetHistory;
import io.proxyroute.contract.telemetry.LiveSetSample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The measurements of the last 24 h, at most {@value #MAX_LINES}, in memory and in a file of JSON lines, so that a report
 * about a killed process still has its history. The file is appended to, and rewritten when it has twice that many lines.
 * Measurements stay available in memory if the disk fails. Thread-safe; writes on the caller's thread.
 */
public final class LiveSetArchive {

    static final int MAX_LINES = 3_000;

    private static final Logger LOG = LoggerFactory.getLogger(LiveSetArchive.class);
    private static final Duration RETENTION = Duration.ofHours(24);

    private final Path file;
    private final Instant startedAt;
    private final InstantSource clock;
    private final ArrayDeque<Line> lines = new ArrayDeque<>();
    private int linesInFile;

    /**
     * One line of the file.
     *
     * @param startedAt identifies the process
     */
    record Line(Instant startedAt, LiveSetSample sample) {}

    /**
     * Reads the measurements of earlier processes.
     *
     * @param file null keeps the measurements in memory only
     * @param startedAt when this process started
     */
    public LiveSetArchive(Path file, Instant startedAt, InstantSource clock) {
        this.file = file;
        this.startedAt = startedAt;
        this.clock = clock;
        if (file != null && Files.exists(file)) {
            read();
            rewrite();
        }
    }

    private void read() {
        int unreadable = 0;
        try {
            for (String line : Files.readAllLines(file)) {
                try {
                    lines.add(Json.MAPPER.readValue(line, Line.class));
                } catch (JsonProcessingException e) {
                    // The process was killed while it wrote this line.
                    unreadable++;
                }
            }
        } catch (IOException e) {
            LOG.warn("Cannot read the live-set history {}: {}", file, e.toString());
        }
        if (unreadable > 0) {
            LOG.warn("Skipped {} unreadable lines of the live-set history {}.", unreadable, file);
        }
        removeExpired();
    }

    synchronized void add(LiveSetSample sample) {
        Line line = new Line(startedAt, sample);
        lines.addLast(line);
        removeExpired();
        if (linesInFile >= 2 * MAX_LINES) {
            rewrite();
        } else if (file != null) {
            try {
                Files.writeString(file, json(line), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                linesInFile++;
            } catch (IOException e) {
                LOG.warn("Cannot write the live-set history {}: {}", file, e.toString());
            }
        }
    }

    private void removeExpired() {
        Instant horizon = clock.instant().minus(RETENTION);
        while (lines.size() > MAX_LINES
                || !lines.isEmpty() && lines.getFirst().sample().at().isBefore(horizon)) {
            lines.removeFirst();
        }
    }

    private void rewrite() {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try {
            Files.writeString(next, lines.stream().map(LiveSetArchive::json).collect(Collectors.joining()));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            linesInFile = lines.size();
        } catch (IOException e) {
            LOG.warn("Cannot write the live-set history {}: {}", file, e.toString());
        }
    }

    private static String json(Line line) {
        try {
            return Json.MAPPER.writeValueAsString(line) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write a live-set sample as JSON", e);
        }
    }

    synchronized LiveSetHistory history() {
        List<LiveSetHistory.Process> processes = new ArrayList<>();
        lines.stream()
                .collect(Collectors.groupingBy(Line::startedAt, Collectors.mapping(Line::sample, Collectors.toList())))
                .entrySet()
                .stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> processes.add(new LiveSetHistory.Process(entry.getKey(), entry.getValue())));
        if (processes.isEmpty() || !processes.getLast().startedAt().equals(startedAt)) {
            processes.add(new LiveSetHistory.Process(startedAt, List.of()));
        }
        return new LiveSetHistory(processes);
    }
}

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
 * The measurements of up to 24 h, at most {@value #MOST}, in memory and as a file of JSON lines, so that a report about a
 * process that was killed still has its curve. The file is appended to, and rewritten when it has grown to twice that. A
 * disk that fails costs the file, not the measurements. Thread-safe; writes on the caller's thread.
 */
public final class LiveSetArchive {

    static final int MOST = 3_000;

    private static final Logger LOG = LoggerFactory.getLogger(LiveSetArchive.class);
    private static final Duration KEPT = Duration.ofHours(24);

    private final Path file;
    private final Instant startedAt;
    private final InstantSource clock;
    private final ArrayDeque<Line> lines = new ArrayDeque<>();
    private int linesInFile;

    /**
     * One line of the file.
     *
     * @param startedAt tells lives apart
     */
    record Line(Instant startedAt, LiveSetSample sample) {}

    /**
     * Reads back what earlier processes left.
     *
     * @param file where it is kept; null for in memory only
     * @param startedAt start of this process
     */
    public LiveSetArchive(Path file, Instant startedAt, InstantSource clock) {
        this.file = file;
        this.startedAt = startedAt;
        this.clock = clock;
        if (file != null && Files.exists(file)) {
            read();
            store();
        }
    }

    private void read() {
        int unreadable = 0;
        try {
            for (String line : Files.readAllLines(file)) {
                try {
                    lines.add(Json.MAPPER.readValue(line, Line.class));
                } catch (JsonProcessingException e) {
                    // The process was killed in the middle of a line.
                    unreadable++;
                }
            }
        } catch (IOException e) {
            LOG.warn("The live-set history {} cannot be read: {}.", file, e.toString());
        }
        if (unreadable > 0) {
            LOG.warn("The live-set history {} has {} unreadable lines, left out.", file, unreadable);
        }
        forget();
    }

    synchronized void add(LiveSetSample sample) {
        Line line = new Line(startedAt, sample);
        lines.addLast(line);
        forget();
        if (linesInFile >= 2 * MOST) {
            store();
        } else if (file != null) {
            try {
                Files.writeString(file, json(line), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                linesInFile++;
            } catch (IOException e) {
                LOG.warn("The live-set history {} cannot be written: {}.", file, e.toString());
            }
        }
    }

    private void forget() {
        Instant horizon = clock.instant().minus(KEPT);
        while (lines.size() > MOST
                || !lines.isEmpty() && lines.getFirst().sample().at().isBefore(horizon)) {
            lines.removeFirst();
        }
    }

    private void store() {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try {
            Files.writeString(next, lines.stream().map(LiveSetArchive::json).collect(Collectors.joining()));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            linesInFile = lines.size();
        } catch (IOException e) {
            LOG.warn("The live-set history {} cannot be written: {}.", file, e.toString());
        }
    }

    private static String json(Line line) {
        try {
            return Json.MAPPER.writeValueAsString(line) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of the contract cannot be written as JSON", e);
        }
    }

    synchronized LiveSetHistory history() {
        List<LiveSetHistory.Life> lives = new ArrayList<>();
        lines.stream()
                .collect(Collectors.groupingBy(Line::startedAt, Collectors.mapping(Line::sample, Collectors.toList())))
                .entrySet()
                .stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(life -> lives.add(new LiveSetHistory.Life(life.getKey(), life.getValue())));
        if (lives.isEmpty() || !lives.getLast().startedAt().equals(startedAt)) {
            lives.add(new LiveSetHistory.Life(startedAt, List.of()));
        }
        return new LiveSetHistory(lives);
    }
}

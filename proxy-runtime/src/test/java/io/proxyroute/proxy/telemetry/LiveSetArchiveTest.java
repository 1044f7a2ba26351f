package io.proxyroute.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.contract.telemetry.LiveSetHistory;
import io.proxyroute.contract.telemetry.LiveSetSample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveSetArchiveTest {

    private static final Instant T0 = Instant.parse("2030-01-01T00:00:00Z");

    @TempDir
    private Path directory;

    private Instant now = T0;
    private final InstantSource clock = () -> now;

    private LiveSetArchive archive(Instant startedAt) {
        return new LiveSetArchive(directory.resolve("live-set.jsonl"), startedAt, clock);
    }

    private LiveSetSample sample(long bytes) {
        return new LiveSetSample(now, bytes, 1000, 1.5, 2, 3, 4);
    }

    @Test
    void groupsSamplesByProcess() {
        LiveSetArchive first = archive(T0);
        first.add(sample(1));
        now = now.plusSeconds(60);
        LiveSetSample last = sample(2);
        first.add(last);
        LiveSetArchive second = archive(now);
        assertThat(second.history().processes())
                .hasSize(2)
                .last()
                .isEqualTo(new LiveSetHistory.Process(now, List.of()));
        second.add(sample(3));
        assertThat(second.history().processes())
                .extracting(LiveSetHistory.Process::startedAt)
                .containsExactly(T0, now);
        assertThat(second.history().processes().getFirst().samples())
                .hasSize(2)
                .last()
                .isEqualTo(last);
        assertThat(archive(now.plusSeconds(1)).history().processes()).hasSize(3);
    }

    @Test
    void skipsOnlyLineTruncatedByKill() throws IOException {
        archive(T0).add(sample(1));
        Files.writeString(directory.resolve("live-set.jsonl"), "{\"startedAt\":\"20", StandardOpenOption.APPEND);
        LiveSetArchive next = archive(T0.plusSeconds(1));
        next.add(sample(2));
        assertThat(archive(T0.plusSeconds(2)).history().processes())
                .hasSize(3)
                .first()
                .extracting(life -> life.samples().size())
                .isEqualTo(1);
    }

    @Test
    void keepsOneDay() {
        LiveSetArchive archive = archive(T0);
        archive.add(sample(1));
        now = now.plus(Duration.ofHours(23));
        archive.add(sample(2));
        now = now.plus(Duration.ofHours(2));
        archive.add(sample(3));
        assertThat(archive.history().processes().getLast().samples())
                .extracting(LiveSetSample::liveBytes)
                .containsExactly(2L, 3L);
    }

    @Test
    void boundsFileAndMemory() throws IOException {
        LiveSetArchive archive = archive(T0);
        for (int i = 0; i < 3 * LiveSetArchive.MAX_LINES; i++) {
            archive.add(sample(i));
        }
        assertThat(archive.history().processes().getLast().samples())
                .hasSize(LiveSetArchive.MAX_LINES)
                .last()
                .extracting(LiveSetSample::liveBytes)
                .isEqualTo(3L * LiveSetArchive.MAX_LINES - 1);
        assertThat(Files.readAllLines(directory.resolve("live-set.jsonl")).size())
                .isLessThanOrEqualTo(2 * LiveSetArchive.MAX_LINES);
        assertThat(archive(T0).history()).isEqualTo(archive.history());
    }

    @Test
    void keepsSamplesInMemoryWithoutFile() {
        LiveSetArchive archive = new LiveSetArchive(null, T0, clock);
        archive.add(sample(1));
        assertThat(archive.history().processes().getLast().samples()).hasSize(1);
    }
}

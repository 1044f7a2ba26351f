package io.proxyroute.proxy.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import io.proxyroute.contract.diagnostics.ClassHistogram;
import io.proxyroute.contract.diagnostics.ThreadReport;
import io.proxyroute.proxy.telemetry.ThreadSampler;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class DiagnosticsTest {

    /** A class with no instances elsewhere in the heap. */
    private static final class Marked {
        private final long[] weight = new long[4];
    }

    @Test
    void groupsUnreferencedVirtualThreadsByStack() throws Exception {
        CountDownLatch started = new CountDownLatch(40);
        CountDownLatch gate = new CountDownLatch(1);
        for (int i = 0; i < 40; i++) {
            Thread.ofVirtual().name("stray-" + i).start(() -> {
                started.countDown();
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        started.await();
        try {
            ThreadReport report = new ThreadReports(new ThreadSampler(System::nanoTime), InstantSource.system()).take();
            assertThat(report.virtual()).isGreaterThanOrEqualTo(40);
            assertThat(report.platform()).isPositive();
            List<ThreadReport.Group> strays = report.groups().stream()
                    .filter(group -> group.namePattern().equals("stray-#")
                            && group.state().equals("WAITING"))
                    .toList();
            assertThat(strays).singleElement().satisfies(group -> {
                assertThat(group.virtual()).isTrue();
                assertThat(group.count()).isEqualTo(40);
                assertThat(group.frames()).anyMatch(frame -> frame.contains("CountDownLatch.await"));
            });
            assertThat(report.groups())
                    .anyMatch(group -> !group.virtual()
                            && group.frames().stream().anyMatch(frame -> frame.contains("ThreadReports.take")));
        } finally {
            gate.countDown();
        }
    }

    @Test
    void namesArraysAsInSourceCode() {
        Marked[][] arrays = new Marked[100_000][0];
        ClassHistogram histogram = new ClassHistograms(InstantSource.system()).take();
        assertThat(arrays).hasNumberOfRows(100_000);
        assertThat(histogram.rows())
                .extracting(ClassHistogram.Row::className)
                .contains("byte[]", Marked.class.getName() + "[]")
                .noneMatch(name -> name.startsWith("["));
    }

    @Test
    void histogramCountsLiveObjects() {
        List<Marked> marked = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            marked.add(new Marked());
        }
        ClassHistogram histogram = new ClassHistograms(InstantSource.system()).take();
        assertThat(marked).allMatch(m -> m.weight.length == 4);
        assertThat(histogram.rows())
                .hasSizeLessThanOrEqualTo(300)
                .filteredOn(row -> row.className().equals(Marked.class.getName()))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.instances()).isEqualTo(50_000);
                    assertThat(row.bytes()).isBetween(800_000L, 1_600_000L);
                });
        assertThat(histogram.totalBytes())
                .isGreaterThanOrEqualTo(histogram.rows().stream()
                        .mapToLong(ClassHistogram.Row::bytes)
                        .sum());
    }
}

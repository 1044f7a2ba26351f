package io.proxyroute.contract.telemetry;

import java.time.Instant;
import java.util.List;

/**
 * The live-set measurements of up to 24 h. They survive a restart of the container.
 *
 * @param lives oldest first; the last one is the process that answers
 */
public record LiveSetHistory(List<Life> lives) {

    public LiveSetHistory {
        lives = lives == null ? List.of() : List.copyOf(lives);
    }

    /**
     * The measurements of one process; heaps of two processes have nothing to do with each other.
     *
     * @param startedAt when the process started
     * @param samples oldest first
     */
    public record Life(Instant startedAt, List<LiveSetSample> samples) {

        public Life {
            samples = samples == null ? List.of() : List.copyOf(samples);
        }
    }
}

package io.proxyroute.contract.telemetry;

import java.time.Instant;
import java.util.List;

/**
 * The live-set measurements of up to 24 h. They survive a restart of the container.
 *
 * @param processes processes of the pod, oldest first; the last one is the running process
 */
public record LiveSetHistory(List<Process> processes) {

    public LiveSetHistory {
        processes = processes == null ? List.of() : List.copyOf(processes);
    }

    /**
     * Measurements of one process. Measurements of different processes are not comparable.
     *
     * @param startedAt when the process started
     * @param samples oldest first
     */
    public record Process(Instant startedAt, List<LiveSetSample> samples) {

        public Process {
            samples = samples == null ? List.of() : List.copyOf(samples);
        }
    }
}

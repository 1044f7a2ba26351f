package io.proxyroute.operator.remediation.detection;

/**
 * Traffic at the time of a measurement; levels are corrected for it.
 *
 * @param inFlight exchanges in flight, mean of the last minute
 * @param connections open client connections
 * @param requestsPerSecond mean of the last minute
 */
public record Load(double inFlight, double connections, double requestsPerSecond) {

    /** Number of measures of traffic. */
    static final int MEASURES = 3;

    double measure(int index) {
        return switch (index) {
            case 0 -> inFlight;
            case 1 -> connections;
            case 2 -> requestsPerSecond;
            default -> throw new IndexOutOfBoundsException(index);
        };
    }
}

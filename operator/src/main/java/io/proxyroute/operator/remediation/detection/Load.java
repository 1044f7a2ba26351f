package io.proxyroute.operator.remediation.detection;

/**
 * The traffic that a level is corrected for, at the moment of a measurement.
 *
 * @param inFlight exchanges in flight, mean of the last minute
 * @param connections open client connections
 * @param requestsPerSecond mean of the last minute
 */
public record Load(double inFlight, double connections, double requestsPerSecond) {

    /** How many ways there are to measure traffic. */
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

package io.proxyroute.proxy.telemetry;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.proxyroute.proxy.http.EndedExchange;
import io.proxyroute.proxy.http.ExchangeListener;
import java.io.OutputStream;

/**
 * What the process records of each ended exchange: meters and the access log. The warm-up uses one that discards its
 * results, so that the code is loaded before the first request. Called on event loops.
 */
public final class ExchangeTelemetry implements ExchangeListener, AutoCloseable {

    private final TrafficMeters meters;
    private final AccessLog accessLog;

    ExchangeTelemetry(TrafficMeters meters, AccessLog accessLog) {
        this.meters = meters;
        this.accessLog = accessLog;
    }

    /** Records exchanges in a registry and a log that are not read. */
    public static ExchangeTelemetry discarding() {
        AccessLog log = new AccessLog(OutputStream.nullOutputStream());
        log.enable(true);
        return new ExchangeTelemetry(
                new TrafficMeters(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), new LatencyHistogram()), log);
    }

    @Override
    public void ended(EndedExchange exchange) {
        meters.ended(exchange);
        accessLog.ended(exchange);
    }

    /** Writes the queued lines of the log, and stops its thread. */
    @Override
    public void close() {
        accessLog.close();
    }
}

package io.proxyroute.proxy.admin;

import io.proxyroute.contract.admin.AdminApi;
import io.proxyroute.contract.admin.Rejected;
import io.proxyroute.contract.admin.Update;
import io.proxyroute.contract.config.ConfigError;
import io.proxyroute.contract.config.ConfigReader;
import io.proxyroute.contract.config.EndpointsDocument;
import io.proxyroute.contract.config.ParseResult;
import io.proxyroute.proxy.config.LiveConfig;
import io.proxyroute.proxy.diagnostics.ClassHistograms;
import io.proxyroute.proxy.diagnostics.ThreadReports;
import io.proxyroute.proxy.ledger.Ledger;
import io.proxyroute.proxy.pool.BackendPools;
import io.proxyroute.proxy.telemetry.Telemetry;
import java.util.List;

/** The admin port's endpoints; see {@link AdminApi} for paths and bodies. */
public final class AdminRoutes {

    /** The largest request body; a document of a thousand rules has about 300 KB. */
    public static final int MAX_BODY_BYTES = 4 << 20;

    private final LiveConfig config;
    private final Telemetry telemetry;

    private AdminRoutes(LiveConfig config, Telemetry telemetry) {
        this.config = config;
        this.telemetry = telemetry;
    }

    /**
     * Creates the router of the admin port.
     *
     * @param drain starts draining; does not wait
     */
    public static Router of(
            LiveConfig config,
            Telemetry telemetry,
            BackendPools pools,
            Ledger ledger,
            ThreadReports threads,
            ClassHistograms classes,
            Runnable drain) {
        AdminRoutes routes = new AdminRoutes(config, telemetry);
        return new Router()
                .put(AdminApi.CONFIG, routes::update)
                .get(AdminApi.CONFIG, body -> AdminResponse.json(200, config.document()))
                .put(AdminApi.ENDPOINTS, routes::endpoints)
                .get(AdminApi.SNAPSHOT, body -> AdminResponse.json(200, telemetry.snapshot()))
                .get(
                        AdminApi.LIVE_SET,
                        body -> AdminResponse.json(200, telemetry.liveSet().history()))
                .post(
                        AdminApi.MEASURE_LIVE_SET,
                        body -> AdminResponse.json(200, telemetry.liveSet().measureNow()))
                .get(AdminApi.EXCHANGES, body -> AdminResponse.json(200, ledger.exchanges()))
                .get(AdminApi.POOLS, body -> AdminResponse.json(200, pools.usage()))
                .get(AdminApi.LEDGER, body -> AdminResponse.json(200, ledger.summary()))
                .get(AdminApi.THREADS, body -> AdminResponse.json(200, threads.take()))
                .get(AdminApi.CLASS_HISTOGRAM, body -> AdminResponse.json(200, classes.take()))
                .post(AdminApi.DRAIN, body -> {
                    drain.run();
                    return AdminResponse.text(202, "Draining.");
                });
    }

    private AdminResponse update(byte[] body) {
        return switch (ConfigReader.update(body)) {
            case ParseResult.Invalid<Update>(List<ConfigError> errors) -> rejected(errors);
            case ParseResult.Valid<Update>(Update update) ->
                switch (config.apply(update)) {
                    case LiveConfig.Outcome.Accepted(var now) -> AdminResponse.json(200, now);
                    case LiveConfig.Outcome.Stale(var now) -> AdminResponse.json(409, now);
                    // The client sent an update, so error paths start there.
                    case LiveConfig.Outcome.Rejected(var errors) ->
                        rejected(errors.stream()
                                .map(error -> new ConfigError("config." + error.path(), error.message()))
                                .toList());
                    case LiveConfig.Outcome.Busy() -> busy();
                };
        };
    }

    private AdminResponse endpoints(byte[] body) {
        return switch (ConfigReader.endpoints(body)) {
            case ParseResult.Invalid<EndpointsDocument>(List<ConfigError> errors) -> rejected(errors);
            case ParseResult.Valid<EndpointsDocument>(EndpointsDocument endpoints) ->
                config.apply(endpoints).map(now -> AdminResponse.json(200, now)).orElseGet(AdminRoutes::busy);
        };
    }

    private static AdminResponse busy() {
        return AdminResponse.text(503, "Another update is being applied; try again.");
    }

    private AdminResponse rejected(List<ConfigError> errors) {
        telemetry.countConfigRejected();
        return AdminResponse.json(400, new Rejected(errors));
    }
}

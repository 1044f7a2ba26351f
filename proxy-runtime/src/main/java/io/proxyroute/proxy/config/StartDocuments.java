package io.proxyroute.proxy.config;

import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.ConfigError;
import io.proxyroute.contract.config.ConfigReader;
import io.proxyroute.contract.config.EndpointsDocument;
import io.proxyroute.contract.config.ParseResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a process serves first: of the mounted documents and those that it served before its last restart, the newer ones,
 * since a mount lags behind what was pushed. The other document of the two is what remains where that one cannot be served.
 *
 * @param config the document
 * @param fallback the older one of the same route, for when the newer cannot be served here; null where there is none
 * @param endpoints null where there are none
 */
public record StartDocuments(ConfigDocument config, ConfigDocument fallback, EndpointsDocument endpoints) {

    private static final Logger LOG = LoggerFactory.getLogger(StartDocuments.class);

    /** Neither the mount nor the state gives a document that can be served. */
    public static final class UnreadableException extends Exception {

        private static final long serialVersionUID = 1L;

        UnreadableException(List<String> lines) {
            super(String.join(System.lineSeparator(), lines));
        }
    }

    /**
     * Chooses.
     *
     * @param mount holds {@code config.json}, and may hold {@code endpoints.json}
     * @throws UnreadableException with a line for each error
     */
    public static StartDocuments choose(Path mount, StateDirectory state) throws UnreadableException {
        List<String> errors = new ArrayList<>();
        Path configFile = mount.resolve(ConfigDirectory.CONFIG);
        Optional<ParseResult<ConfigDocument>> reading = ConfigDirectory.read(configFile, ConfigReader::config);
        if (reading.isEmpty()) {
            errors.add(configFile + ": There is no such file; it must hold the configuration.");
        }
        ConfigDocument mounted = valid(configFile, reading, errors);
        ConfigDocument kept =
                valid(state.config(), ConfigDirectory.read(state.config(), ConfigReader::config), new ArrayList<>());
        ConfigDocument config = newer(mounted, kept);
        if (config == null) {
            throw new UnreadableException(errors);
        }
        errors.forEach(error -> LOG.error("The mounted configuration is not used: {}", error));
        Path endpointsFile = mount.resolve(ConfigDirectory.ENDPOINTS);
        List<String> endpointErrors = new ArrayList<>();
        EndpointsDocument mountedEndpoints =
                valid(endpointsFile, ConfigDirectory.read(endpointsFile, ConfigReader::endpoints), endpointErrors);
        EndpointsDocument keptEndpoints = valid(
                state.endpoints(), ConfigDirectory.read(state.endpoints(), ConfigReader::endpoints), endpointErrors);
        if (!endpointErrors.isEmpty() && mountedEndpoints == null && keptEndpoints == null) {
            throw new UnreadableException(endpointErrors);
        }
        boolean another = kept != null && !kept.route().equals(config.route());
        ConfigDocument other = config == mounted ? kept : mounted;
        ConfigDocument fallback = other == null || another || other.equals(config) ? null : other;
        return new StartDocuments(config, fallback, newer(mountedEndpoints, another ? null : keptEndpoints));
    }

    private static ConfigDocument newer(ConfigDocument mounted, ConfigDocument kept) {
        if (mounted == null || kept == null) {
            return mounted == null ? kept : mounted;
        }
        boolean keptIsNewer = kept.route().equals(mounted.route()) && kept.sequence() > mounted.sequence();
        if (keptIsNewer) {
            LOG.info(
                    "Starting from the last applied configuration, sequence {}: the mounted one, sequence {}, is older.",
                    kept.sequence(),
                    mounted.sequence());
        }
        return keptIsNewer ? kept : mounted;
    }

    private static EndpointsDocument newer(EndpointsDocument mounted, EndpointsDocument kept) {
        if (mounted == null || kept == null) {
            return mounted == null ? kept : mounted;
        }
        return kept.version() > mounted.version() ? kept : mounted;
    }

    private static <T> T valid(Path file, Optional<ParseResult<T>> reading, List<String> errors) {
        return switch (reading.orElse(null)) {
            case null -> null;
            case ParseResult.Valid<T>(T document) -> document;
            case ParseResult.Invalid<T>(List<ConfigError> found) -> {
                found.forEach(error -> errors.add(file + ": " + error));
                yield null;
            }
        };
    }
}

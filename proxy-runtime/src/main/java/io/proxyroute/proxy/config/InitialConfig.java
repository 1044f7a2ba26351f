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
 * The documents that a process applies first: the mounted ones or those stored before its last restart, whichever are
 * newer, because a mount lags behind pushed updates. The older configuration is the fallback.
 *
 * @param config the newer configuration
 * @param fallback the older configuration of the same route; null if there is none
 * @param endpoints null if there are none
 */
public record InitialConfig(ConfigDocument config, ConfigDocument fallback, EndpointsDocument endpoints) {

    private static final Logger LOG = LoggerFactory.getLogger(InitialConfig.class);

    /** Neither the mount nor the state directory holds a valid configuration. */
    public static final class UnreadableException extends Exception {

        private static final long serialVersionUID = 1L;

        UnreadableException(List<String> lines) {
            super(String.join(System.lineSeparator(), lines));
        }
    }

    /**
     * Reads both directories and chooses.
     *
     * @param mount directory with {@code config.json} and optionally {@code endpoints.json}
     * @throws UnreadableException no valid configuration; one line per error
     */
    public static InitialConfig load(Path mount, StateDirectory state) throws UnreadableException {
        List<String> errors = new ArrayList<>();
        Path configFile = mount.resolve(ConfigDirectory.CONFIG);
        Optional<ParseResult<ConfigDocument>> reading = ConfigDirectory.read(configFile, ConfigReader::config);
        if (reading.isEmpty()) {
            errors.add(configFile + ": does not exist, but must contain the configuration.");
        }
        ConfigDocument mounted = valid(configFile, reading, errors);
        ConfigDocument stored =
                valid(state.config(), ConfigDirectory.read(state.config(), ConfigReader::config), new ArrayList<>());
        ConfigDocument config = newer(mounted, stored);
        if (config == null) {
            throw new UnreadableException(errors);
        }
        errors.forEach(error -> LOG.error("Ignoring the mounted configuration: {}", error));
        Path endpointsFile = mount.resolve(ConfigDirectory.ENDPOINTS);
        List<String> endpointErrors = new ArrayList<>();
        EndpointsDocument mountedEndpoints =
                valid(endpointsFile, ConfigDirectory.read(endpointsFile, ConfigReader::endpoints), endpointErrors);
        EndpointsDocument storedEndpoints = valid(
                state.endpoints(), ConfigDirectory.read(state.endpoints(), ConfigReader::endpoints), endpointErrors);
        if (!endpointErrors.isEmpty() && mountedEndpoints == null && storedEndpoints == null) {
            throw new UnreadableException(endpointErrors);
        }
        boolean otherRoute = stored != null && !stored.route().equals(config.route());
        ConfigDocument other = config == mounted ? stored : mounted;
        ConfigDocument fallback = other == null || otherRoute || other.equals(config) ? null : other;
        return new InitialConfig(config, fallback, newer(mountedEndpoints, otherRoute ? null : storedEndpoints));
    }

    private static ConfigDocument newer(ConfigDocument mounted, ConfigDocument stored) {
        if (mounted == null || stored == null) {
            return mounted == null ? stored : mounted;
        }
        boolean storedIsNewer = stored.route().equals(mounted.route()) && stored.sequence() > mounted.sequence();
        if (storedIsNewer) {
            LOG.info(
                    "Starting from the stored configuration, sequence {}; the mounted one, sequence {}, is older.",
                    stored.sequence(),
                    mounted.sequence());
        }
        return storedIsNewer ? stored : mounted;
    }

    private static EndpointsDocument newer(EndpointsDocument mounted, EndpointsDocument stored) {
        if (mounted == null || stored == null) {
            return mounted == null ? stored : mounted;
        }
        return stored.version() > mounted.version() ? stored : mounted;
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

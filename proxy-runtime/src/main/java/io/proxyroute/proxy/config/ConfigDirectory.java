package io.proxyroute.proxy.config;

import io.proxyroute.contract.config.ConfigError;
import io.proxyroute.contract.config.ParseResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** File names in a configuration directory, and reading them. */
final class ConfigDirectory {

    static final String CONFIG = "config.json";
    static final String ENDPOINTS = "endpoints.json";

    private ConfigDirectory() {}

    /**
     * Reads one document.
     *
     * @param file null means that there is none
     * @return empty if the file does not exist
     */
    static <T> Optional<ParseResult<T>> read(Path file, Function<byte[], ParseResult<T>> reader) {
        if (file == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(reader.apply(Files.readAllBytes(file)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(
                    new ParseResult.Invalid<>(List.of(new ConfigError("", "The file cannot be read: " + e + "."))));
        }
    }
}

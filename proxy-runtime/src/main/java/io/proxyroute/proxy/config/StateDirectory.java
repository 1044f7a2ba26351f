package io.proxyroute.proxy.config;

import io.proxyroute.contract.Json;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.EndpointsDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the process keeps what it must know after a restart of its container: the documents served last, and the live
 * set's history. Files are replaced by renaming, so that a reader finds the old one or the new one. A disk that fails
 * costs that memory and nothing else. Blocks; one writer at a time.
 */
public final class StateDirectory {

    private static final Logger LOG = LoggerFactory.getLogger(StateDirectory.class);

    private final Path directory;

    private StateDirectory(Path directory) {
        this.directory = directory;
    }

    /**
     * Uses a directory, which is made where it does not exist.
     *
     * @param directory null keeps nothing
     * @throws IOException it cannot be made
     */
    public static StateDirectory at(Path directory) throws IOException {
        if (directory != null) {
            Files.createDirectories(directory);
        }
        return new StateDirectory(directory);
    }

    /** The file of the documents served last; null where nothing is kept. */
    Path config() {
        return file(ConfigDirectory.CONFIG);
    }

    /** The file of the addresses used last; null where nothing is kept. */
    Path endpoints() {
        return file(ConfigDirectory.ENDPOINTS);
    }

    /** The file of the live set's history; null where nothing is kept. */
    public Path liveSet() {
        return file("live-set.jsonl");
    }

    private Path file(String name) {
        return directory == null ? null : directory.resolve(name);
    }

    void store(ConfigDocument document) {
        store(config(), document);
    }

    void store(EndpointsDocument document) {
        store(endpoints(), document);
    }

    private static void store(Path file, Object document) {
        if (file == null) {
            return;
        }
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try {
            Files.write(next, Json.MAPPER.writeValueAsBytes(document));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warn(
                    "{} cannot be written, so a restart will start from the mounted configuration: {}.",
                    file,
                    e.toString());
        }
    }
}

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
 * State that survives a restart of the container: the active documents and the live-set history. Files are replaced
 * atomically by renaming. A failing disk is logged and otherwise ignored. Blocks; one writer at a time.
 */
public final class StateDirectory {

    private static final Logger LOG = LoggerFactory.getLogger(StateDirectory.class);

    private final Path directory;

    private StateDirectory(Path directory) {
        this.directory = directory;
    }

    /**
     * Opens a directory and creates it if necessary.
     *
     * @param directory null to store nothing
     * @throws IOException the directory cannot be created
     */
    public static StateDirectory at(Path directory) throws IOException {
        if (directory != null) {
            Files.createDirectories(directory);
        }
        return new StateDirectory(directory);
    }

    /** The file of the active configuration; null if nothing is stored. */
    Path config() {
        return file(ConfigDirectory.CONFIG);
    }

    /** The file of the active endpoints; null if nothing is stored. */
    Path endpoints() {
        return file(ConfigDirectory.ENDPOINTS);
    }

    /** The file of the live-set history; null if nothing is stored. */
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
                    "Cannot write {}; after a restart the proxy starts from the mounted configuration: {}",
                    file,
                    e.toString());
        }
    }
}

package io.proxyroute.e2e.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Paths in the source tree. */
public final class SourceTree {

    private static final Path ROOT = find();

    private SourceTree() {}

    private static Path find() {
        Path start = Path.of("").toAbsolutePath();
        return Stream.iterate(start, path -> path != null, Path::getParent)
                .filter(path -> Files.isExecutable(path.resolve("e2e/local-cluster/cluster")))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "run this inside the source tree; the current directory is " + start));
    }

    /** The root directory. */
    public static Path root() {
        return ROOT;
    }

    /** A file or directory below the root. */
    public static Path path(String relative) {
        return ROOT.resolve(relative);
    }

    /** The image tars that {@code make images} builds. */
    static List<Path> images() {
        List<Path> tars = Stream.of("operator", "proxy-runtime", "examples", "testbed")
                .map(module -> path(module + "/target/jib-image.tar"))
                .toList();
        tars.stream().filter(tar -> !Files.exists(tar)).findFirst().ifPresent(missing -> {
            throw new IllegalStateException(ROOT.relativize(missing) + " is missing: run `make images` first");
        });
        return tars;
    }
}

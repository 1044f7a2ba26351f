package io.proxyroute.e2e.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where things lie in the source tree. */
public final class Repository {

    private static final Path ROOT = find();

    private Repository() {}

    private static Path find() {
        Path start = Path.of("").toAbsolutePath();
        return Stream.iterate(start, path -> path != null, Path::getParent)
                .filter(path -> Files.isExecutable(path.resolve("e2e/local-cluster/cluster")))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("run this inside the source tree, not in " + start));
    }

    /** The root directory. */
    public static Path root() {
        return ROOT;
    }

    /** A file or directory below it. */
    public static Path path(String relative) {
        return ROOT.resolve(relative);
    }

    /** The images that {@code make images} leaves. */
    static List<Path> images() {
        List<Path> tars = Stream.of("operator", "proxy-runtime", "examples", "testbed")
                .map(module -> path(module + "/target/jib-image.tar"))
                .toList();
        tars.stream().filter(tar -> !Files.exists(tar)).findFirst().ifPresent(missing -> {
            throw new IllegalStateException(ROOT.relativize(missing) + " is missing: run make images first");
        });
        return tars;
    }
}

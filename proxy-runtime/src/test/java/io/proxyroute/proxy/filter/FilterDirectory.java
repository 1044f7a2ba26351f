package io.proxyroute.proxy.filter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** Packs classes from the test class path into jars of a filter directory. */
public final class FilterDirectory {

    private FilterDirectory() {}

    /** Adds a jar with all example filters. */
    public static Path withExamples(Path directory) {
        Path classes = origin(io.proxyroute.examples.leaks.StaticMap.class);
        Path jar = directory.resolve("proxyroute-examples.jar");
        try {
            if (Files.isRegularFile(classes)) {
                Files.copy(classes, jar);
            } else {
                try (Stream<Path> files = Files.walk(classes)) {
                    pack(jar, classes, files.filter(Files::isRegularFile).toList());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return directory;
    }

    /** Adds a jar with these classes and their nested classes. */
    public static Path with(Path directory, String jarName, Class<?>... types) {
        try {
            for (Class<?> type : types) {
                Path classes = origin(type);
                String prefix = type.getName().replace('.', '/');
                try (Stream<Path> files = Files.list(classes.resolve(prefix).getParent())) {
                    String simple = classes.resolve(prefix).getFileName().toString();
                    pack(
                            directory.resolve(jarName),
                            classes,
                            files.filter(file -> {
                                        String name = file.getFileName().toString();
                                        return name.equals(simple + ".class") || name.startsWith(simple + "$");
                                    })
                                    .toList());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return directory;
    }

    private static void pack(Path jar, Path root, List<Path> files) throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (Path file : files) {
                out.putNextEntry(new JarEntry(root.relativize(file).toString()));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
    }

    private static Path origin(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}

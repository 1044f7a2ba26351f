package io.proxyroute.proxy.filter;

import io.proxyroute.filter.ProxyFilter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The jars of the filter directory. Each has its own class loader, named after the jar, which sees the jar, the filter API
 * and the JDK only. So two filters may contain different versions of a library, and neither sees the proxy's. Opened once,
 * at start; closed with the process. Thread-safe.
 */
public final class FilterJars implements AutoCloseable {

    private final Path directory;
    private final List<URLClassLoader> loaders;

    private FilterJars(Path directory, List<URLClassLoader> loaders) {
        this.directory = directory;
        this.loaders = loaders;
    }

    /**
     * Opens all jars of a directory, in the order of their names.
     *
     * @param directory need not exist; then there are no filters
     * @throws UncheckedIOException the directory or a jar cannot be read
     */
    public static FilterJars open(Path directory) {
        if (!Files.isDirectory(directory)) {
            return new FilterJars(directory, List.of());
        }
        try (Stream<Path> files = Files.list(directory)) {
            ClassLoader api = new ApiLoader();
            return new FilterJars(
                    directory,
                    files.filter(file -> file.toString().endsWith(".jar"))
                            .sorted()
                            .map(jar -> open(jar, api))
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list the filter directory " + directory, e);
        }
    }

    private static URLClassLoader open(Path jar, ClassLoader parent) {
        String name = jar.getFileName().toString().replaceFirst("\\.jar$", "");
        try {
            return new URLClassLoader(name, new URL[] {jar.toUri().toURL()}, parent);
        } catch (MalformedURLException e) {
            throw new UncheckedIOException("cannot open the filter jar " + jar, e);
        }
    }

    /**
     * Finds a filter's class in the first jar that contains it. Does not initialise the class.
     *
     * @throws IllegalArgumentException no jar contains it, or it is not a filter; the message is for the route's author
     */
    public Class<? extends ProxyFilter> find(String className) {
        String entry = className.replace('.', '/') + ".class";
        for (URLClassLoader loader : loaders) {
            if (loader.findResource(entry) != null) {
                return load(loader, className);
            }
        }
        throw new IllegalArgumentException("class " + className + " is in none of the " + loaders.size() + " jars of "
                + directory + "; name a public class of a jar in the proxy's image");
    }

    private static Class<? extends ProxyFilter> load(ClassLoader loader, String className) {
        try {
            return Class.forName(className, false, loader).asSubclass(ProxyFilter.class);
        } catch (ClassCastException e) {
            throw new IllegalArgumentException(
                    "class " + className + " does not implement " + ProxyFilter.class.getName(), e);
        } catch (ClassNotFoundException | LinkageError e) {
            throw new IllegalArgumentException(loadError(className, loader, e), e);
        }
    }

    /** A message for the route's author about a class that cannot be loaded. */
    static String loadError(String className, ClassLoader loader, Throwable cause) {
        return "class " + className + " cannot be loaded from jar " + loader.getName() + ": " + cause
                + "; a filter jar must contain all classes that it uses, except the filter API and the JDK";
    }

    @Override
    public void close() throws IOException {
        for (URLClassLoader loader : loaders) {
            loader.close();
        }
    }

    /** Exposes the filter API from the proxy's class path, and no other class of it. */
    private static final class ApiLoader extends ClassLoader {

        private static final String API = ProxyFilter.class.getPackageName() + ".";

        ApiLoader() {
            super("filter-api", ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith(API)) {
                return ProxyFilter.class.getClassLoader().loadClass(name);
            }
            throw new ClassNotFoundException(name);
        }
    }
}

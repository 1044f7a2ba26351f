package io.proxyroute.proxy.admin;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admin port's certificate, key and certificate authorities, from the files {@code tls.crt}, {@code tls.key} (PKCS#8)
 * and {@code ca.crt}. Files are compared by content, because a Secret's mount is a symbolic link that is swapped. New
 * connections use the newest files that could be read. Handlers are created on the control loop; {@link #reload()} is
 * called by one thread at a time.
 */
public final class AdminTls {

    private static final Logger LOG = LoggerFactory.getLogger(AdminTls.class);

    private final Path directory;
    private volatile SslContext context;
    private byte[] digest;

    private record PemFiles(byte[] certificate, byte[] key, byte[] authorities) {

        /** Resolves the link of a Secret's mount once, so that all three files are from one version of the Secret. */
        static PemFiles read(Path directory) throws IOException {
            Path link = directory.resolve("..data");
            Path version = Files.isDirectory(link) ? link.toRealPath() : directory;
            return new PemFiles(
                    Files.readAllBytes(version.resolve("tls.crt")),
                    Files.readAllBytes(version.resolve("tls.key")),
                    Files.readAllBytes(version.resolve("ca.crt")));
        }

        byte[] digest() {
            try {
                MessageDigest sha = MessageDigest.getInstance("SHA-256");
                sha.update(certificate);
                sha.update(key);
                return sha.digest(authorities);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("the Java platform has no SHA-256", e);
            }
        }

        SslContext context() throws IOException {
            try {
                return SslContextBuilder.forServer(new ByteArrayInputStream(certificate), new ByteArrayInputStream(key))
                        .sslProvider(SslProvider.JDK)
                        .trustManager(new ByteArrayInputStream(authorities))
                        .clientAuth(ClientAuth.REQUIRE)
                        .protocols("TLSv1.3", "TLSv1.2")
                        .build();
            } catch (IllegalArgumentException e) {
                throw new IOException(e.getMessage(), e);
            }
        }
    }

    /**
     * Reads the files.
     *
     * @throws IOException a file cannot be read or parsed
     */
    public AdminTls(Path directory) throws IOException {
        this.directory = directory;
        PemFiles files = PemFiles.read(directory);
        this.context = files.context();
        this.digest = files.digest();
    }

    SslHandler handler(ByteBufAllocator allocator) {
        return context.newHandler(allocator);
    }

    /**
     * Uses the files for new connections if they have changed.
     *
     * @return false if they have changed but cannot be used; the current certificates stay
     */
    public boolean reload() {
        try {
            PemFiles files = PemFiles.read(directory);
            byte[] found = files.digest();
            if (!Arrays.equals(found, digest)) {
                context = files.context();
                digest = found;
                LOG.info("Reloaded the admin port's certificates; new connections use them.");
            }
            return true;
        } catch (IOException e) {
            LOG.warn(
                    "Cannot reload the admin port's certificates from {}, keeping the current ones: {}",
                    directory,
                    e.getMessage());
            return false;
        }
    }
}

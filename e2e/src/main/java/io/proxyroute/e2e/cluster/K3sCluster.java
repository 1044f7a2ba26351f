package io.proxyroute.e2e.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/** k3s in a container, on machines with a Docker engine. It ends with this process, whatever {@link #keep} says. */
final class K3sCluster implements Cluster {

    private static final DockerImageName IMAGE = DockerImageName.parse("rancher/k3s:v1.33.5-k3s1");

    private final K3sContainer container;
    private final Access access;

    private K3sCluster(K3sContainer container) {
        this.container = container;
        this.access = new Access(write(container.getKubeConfigYaml()), List.of("kubectl"));
    }

    static K3sCluster open() {
        K3sContainer container = new K3sContainer(IMAGE);
        container.start();
        return new K3sCluster(container);
    }

    private static Path write(String kubeconfig) {
        try {
            Path file = Files.createTempFile("k3s-", ".kubeconfig");
            file.toFile().deleteOnExit();
            return Files.writeString(file, kubeconfig);
        } catch (IOException e) {
            throw new UncheckedIOException("the kubeconfig cannot be written", e);
        }
    }

    @Override
    public String description() {
        return "k3s in Docker";
    }

    @Override
    public KubernetesClient client() {
        return access.client();
    }

    @Override
    public Path kubeconfig() {
        return access.kubeconfig();
    }

    @Override
    public String kubectlLine() {
        return "KUBECONFIG=" + access.kubeconfig() + " kubectl";
    }

    @Override
    public void load(List<Path> tars) {
        for (Path tar : tars) {
            String inside = "/tmp/" + tar.getParent().getParent().getFileName() + ".tar";
            container.copyFileToContainer(MountableFile.forHostPath(tar), inside);
            run("ctr", "images", "import", inside);
        }
    }

    private void run(String... command) {
        try {
            ExecResult result = container.execInContainer(command);
            if (result.getExitCode() != 0) {
                throw new Commands.CommandFailedException(List.of(command), result.getExitCode(), result.getStderr());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public String kubectl(String... arguments) {
        return access.run(arguments);
    }

    @Override
    public Optional<AuditLog> auditLog() {
        return Optional.empty();
    }

    @Override
    public boolean withoutApiServer(Runnable action) {
        return false;
    }

    @Override
    public void keep() {
        // Testcontainers removes it when this process ends.
    }

    @Override
    public void close() {
        access.close();
        container.stop();
    }
}

package io.proxyroute.e2e.cluster;

import io.proxyroute.e2e.terminal.StepReporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/** k3s in a container, for machines with a Docker engine. It never outlives this process. */
final class K3sCluster extends Cluster {

    private static final DockerImageName IMAGE = DockerImageName.parse("rancher/k3s:v1.33.5-k3s1");

    private final StepReporter steps;
    private K3sContainer container;

    K3sCluster(StepReporter steps) {
        this.steps = steps;
    }

    @Override
    public String description() {
        return "k3s in Docker";
    }

    @Override
    public void start() {
        steps.run("Cluster", description() + ", " + IMAGE, () -> {
            container = new K3sContainer(IMAGE);
            container.start();
            setAccess(new ClusterAccess(write(container.getKubeConfigYaml()), List.of("kubectl")));
        });
    }

    private static Path write(String kubeconfig) {
        try {
            Path file = Files.createTempFile("k3s-", ".kubeconfig");
            file.toFile().deleteOnExit();
            return Files.writeString(file, kubeconfig);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the kubeconfig", e);
        }
    }

    @Override
    public boolean isOwned() {
        return true;
    }

    @Override
    public String kubectlCommand() {
        return "KUBECONFIG=" + kubeconfig() + " kubectl";
    }

    @Override
    public void loadImages(List<Path> tars) {
        for (Path tar : tars) {
            String name = tar.getParent().getParent().getFileName() + ".tar";
            steps.run("Import " + name, "", () -> {
                container.copyFileToContainer(MountableFile.forHostPath(tar), "/tmp/" + name);
                exec("ctr", "images", "import", "/tmp/" + name);
            });
        }
    }

    private void exec(String... command) {
        try {
            ExecResult result = container.execInContainer(command);
            if (result.getExitCode() != 0) {
                throw new ProcessRunner.ProcessFailedException(
                        List.of(command), result.getExitCode(), result.getStderr());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        super.close();
        if (container != null) {
            steps.run("Remove k3s", "", container::stop);
        }
    }
}

package io.proxyroute.operator.compile;

import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraintBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.ProxySpec;
import io.proxyroute.contract.admin.AdminApi;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Renders the pod template of the proxies. Settings that a running proxy can reload (listeners, rules, pool, timeouts,
 * certificates, replicas) are not part of it, so that changing them does not roll the pods.
 */
final class PodTemplate {

    private static final long USER = 65532;
    /**
     * The longest time that the process needs to exit after the drain: acceptors 2 s, idle connections 2 s, the other
     * connections 5 s and again 5 s when the front end closes with the rest, access log 2 s, control loop 1 s, event
     * loops 5 s; 22 s in total. Usually it exits within milliseconds.
     */
    private static final Duration GRACE_MARGIN = Duration.ofSeconds(25);

    private PodTemplate() {}

    static Map<String, String> deploymentSelector(ProxyRoute route) {
        Map<String, String> selector = new TreeMap<>(RouteNames.selector(route));
        selector.put(RouteNames.ATTACHED_LABEL, "true");
        return selector;
    }

    static PodTemplateSpec of(ProxyRoute route, OperatorEnvironment environment) {
        ProxySpec proxy = route.getSpec().proxy();
        Map<String, String> labels = new TreeMap<>(proxy.podMetadata().labels());
        labels.putAll(RouteNames.labels(route));
        labels.put(RouteNames.ATTACHED_LABEL, "true");
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(labels)
                .withAnnotations(nullIfEmpty(proxy.podMetadata().annotations()))
                .endMetadata()
                .withNewSpec()
                .withServiceAccountName(RouteNames.workload(route))
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withTerminationGracePeriodSeconds(gracePeriod(proxy.drain()).toSeconds())
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser(USER)
                .withRunAsGroup(USER)
                .withFsGroup(USER)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                // Allows listeners on ports below 1024 without a capability.
                .addNewSysctl("net.ipv4.ip_unprivileged_port_start", "0")
                .endSecurityContext()
                .withNodeSelector(nullIfEmpty(proxy.nodeSelector()))
                .withTolerations(proxy.tolerations())
                .withAffinity(proxy.affinity())
                .withTopologySpreadConstraints(
                        proxy.topologySpread().isEmpty() ? spread(route) : proxy.topologySpread())
                .withPriorityClassName(proxy.priorityClassName())
                .withImagePullSecrets(proxy.imagePullSecrets().stream()
                        .map(secret -> new LocalObjectReference(secret.name()))
                        .toList())
                .withContainers(new ContainerBuilder()
                        .withName("proxy")
                        .withImage(proxy.image() != null ? proxy.image() : environment.proxyImage())
                        .withImagePullPolicy(proxy.imagePullPolicy().name())
                        .withArgs(
                                "--config=/etc/proxyroute/config",
                                "--tls=/etc/proxyroute/tls",
                                "--state=/var/lib/proxyroute",
                                "--filters=/opt/proxyroute/filters",
                                "--health-port=" + AdminApi.HEALTH_PORT,
                                "--admin-port=" + AdminApi.ADMIN_PORT,
                                "--loops=" + LoopCount.of(proxy.resources()))
                        .withEnv(environment(proxy, environment.policy()))
                        .withNewResources()
                        .withRequests(proxy.resources().requests())
                        .withLimits(proxy.resources().limits())
                        .endResources()
                        // Succeeds once the process is up; the liveness probe starts after that.
                        .withStartupProbe(probe("/livez", 1, 120))
                        .withReadinessProbe(probe("/readyz", 1, 3))
                        .withLivenessProbe(probe("/livez", 10, 6))
                        .withNewSecurityContext()
                        .withAllowPrivilegeEscalation(false)
                        .withReadOnlyRootFilesystem(true)
                        .withPrivileged(false)
                        .withNewCapabilities()
                        .withDrop("ALL")
                        .endCapabilities()
                        .endSecurityContext()
                        .withTerminationMessagePolicy("FallbackToLogsOnError")
                        .withVolumeMounts(
                                mount("config", "/etc/proxyroute/config", true),
                                mount("tls", "/etc/proxyroute/tls", true),
                                mount("state", "/var/lib/proxyroute", null),
                                mount("tmp", "/tmp", null))
                        .build())
                .withVolumes(volumes(route))
                .endSpec()
                .build();
    }

    /** Time from SIGTERM to SIGKILL: the drain's delay and timeout plus a margin. */
    static Duration gracePeriod(ProxySpec.DrainSpec drain) {
        return drain.delay().toJava().plus(drain.timeout().toJava()).plus(GRACE_MARGIN);
    }

    private static List<EnvVar> environment(ProxySpec proxy, InstallationPolicy policy) {
        return List.of(
                fromField("POD_NAME", "metadata.name"),
                fromField("POD_UID", "metadata.uid"),
                // Not an argument: an image with an older proxy would refuse to start.
                new EnvVarBuilder()
                        .withName("PROXYROUTE_DENIED_BACKEND_CIDRS")
                        .withValue(String.join(",", policy.deniedBackends()))
                        .build(),
                new EnvVarBuilder()
                        .withName("JDK_JAVA_OPTIONS")
                        .withValue(JvmSizing.of(proxy.resources())
                                .options(proxy.jvm().options()))
                        .build());
    }

    private static EnvVar fromField(String name, String path) {
        return new EnvVarBuilder()
                .withName(name)
                .withNewValueFrom()
                .withNewFieldRef("v1", path)
                .endValueFrom()
                .build();
    }

    private static Probe probe(String path, int periodSeconds, int failures) {
        return new ProbeBuilder()
                .withNewHttpGet()
                .withPath(path)
                .withNewPort(AdminApi.HEALTH_PORT)
                .endHttpGet()
                .withPeriodSeconds(periodSeconds)
                .withTimeoutSeconds(2)
                .withFailureThreshold(failures)
                .build();
    }

    private static List<TopologySpreadConstraint> spread(ProxyRoute route) {
        return List.of(spread(route, "topology.kubernetes.io/zone"), spread(route, "kubernetes.io/hostname"));
    }

    private static TopologySpreadConstraint spread(ProxyRoute route, String key) {
        return new TopologySpreadConstraintBuilder()
                .withMaxSkew(1)
                .withTopologyKey(key)
                .withWhenUnsatisfiable("ScheduleAnyway")
                .withNewLabelSelector()
                .withMatchLabels(RouteNames.selector(route))
                .endLabelSelector()
                .withMatchLabelKeys("pod-template-hash")
                .build();
    }

    private static List<Volume> volumes(ProxyRoute route) {
        return List.of(
                new VolumeBuilder()
                        .withName("config")
                        .withNewConfigMap()
                        .withName(RouteNames.config(route))
                        .endConfigMap()
                        .build(),
                new VolumeBuilder()
                        .withName("tls")
                        .withNewSecret()
                        .withSecretName(RouteNames.tls(route))
                        .endSecret()
                        .build(),
                new VolumeBuilder()
                        .withName("state")
                        .withNewEmptyDir()
                        .endEmptyDir()
                        .build(),
                new VolumeBuilder()
                        .withName("tmp")
                        .withNewEmptyDir()
                        .endEmptyDir()
                        .build());
    }

    private static VolumeMount mount(String volume, String path, Boolean readOnly) {
        return new VolumeMountBuilder()
                .withName(volume)
                .withMountPath(path)
                .withReadOnly(readOnly)
                .build();
    }

    private static Map<String, String> nullIfEmpty(Map<String, String> map) {
        return map.isEmpty() ? null : new TreeMap<>(map);
    }
}

package io.proxyroute.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.proxyroute.api.v1alpha1.GatewayDuration;
import io.proxyroute.contract.config.AddressRange;
import io.proxyroute.operator.compile.InstallationPolicy;
import io.proxyroute.operator.compile.OperatorEnvironment;
import io.proxyroute.operator.remediation.loop.Remediation;
import io.proxyroute.operator.route.LenientSpecReader;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts the operator. */
@Command(
        name = "proxyroute-operator",
        description = "Runs the proxies that ProxyRoutes declare.",
        mixinStandardHelpOptions = true)
public final class OperatorMain implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(OperatorMain.class);

    @Option(
            names = "--proxy-image",
            defaultValue = "${env:PROXYROUTE_PROXY_IMAGE:-proxyroute/proxy:dev}",
            description = "Proxy image of routes that do not set spec.proxy.image. Default: ${DEFAULT-VALUE}.")
    private String proxyImage;

    @Option(
            names = "--namespace",
            defaultValue = "${env:POD_NAMESPACE:-proxyroute-system}",
            description = "Namespace of the operator's lease, CA Secret and action budget. Default: ${DEFAULT-VALUE}.")
    private String namespace;

    @Option(
            names = "--watch-namespaces",
            defaultValue = "${env:WATCH_NAMESPACES:-}",
            description = "Comma-separated namespaces to watch; empty for all.")
    private String watchNamespaces;

    @Option(
            names = "--health-port",
            defaultValue = "8080",
            description = "Port of /livez, /readyz and /metrics. Default: ${DEFAULT-VALUE}.")
    private int healthPort;

    @Option(
            names = "--report-port",
            defaultValue = "8081",
            description = "Port of the read-only report server on the loopback address. Default: ${DEFAULT-VALUE}.")
    private int reportPort;

    @Option(
            names = "--reports",
            defaultValue = "/var/lib/proxyroute/reports",
            description = "Directory in which reports are stored. Default: ${DEFAULT-VALUE}.")
    private Path reports;

    @Option(
            names = "--max-actions-per-hour",
            defaultValue = "${env:PROXYROUTE_MAX_ACTIONS_PER_HOUR:-30}",
            description = "Maximum number of pods detached per hour, across all routes. Default: ${DEFAULT-VALUE}.")
    private int maxActionsPerHour;

    @Option(
            names = "--allowed-images",
            split = ",",
            defaultValue = "${env:PROXYROUTE_ALLOWED_IMAGES:-*}",
            description = "Images that spec.proxy.image may name, besides the default one; a beginning ends with *.")
    private List<String> allowedImages;

    @Option(
            names = "--allowed-priority-classes",
            split = ",",
            defaultValue = "${env:PROXYROUTE_ALLOWED_PRIORITY_CLASSES:-*}",
            description = "Priority classes that routes may use.")
    private List<String> allowedPriorityClasses;

    @Option(
            names = "--allowed-pod-annotations",
            split = ",",
            defaultValue = "${env:PROXYROUTE_ALLOWED_POD_ANNOTATIONS:-*}",
            description = "Annotations that routes may add to pods.")
    private List<String> allowedPodAnnotations;

    @Option(
            names = "--allowed-service-annotations",
            split = ",",
            defaultValue = "${env:PROXYROUTE_ALLOWED_SERVICE_ANNOTATIONS:-*}",
            description = "Annotations that routes may add to Services.")
    private List<String> allowedServiceAnnotations;

    @Option(
            names = "--denied-backend-cidrs",
            split = ",",
            defaultValue = "${env:PROXYROUTE_DENIED_BACKEND_CIDRS:-}",
            description =
                    "Addresses that backends given by a host must not have, in addition to loopback, link-local and"
                            + " metadata addresses and the API server, for example those of pods and Services.")
    private List<String> deniedBackendCidrs;

    @Option(
            names = "--min-interval",
            defaultValue = "${env:PROXYROUTE_MIN_INTERVAL:-1s}",
            description = "Shortest interval that routes may set. Default: ${DEFAULT-VALUE}.")
    private GatewayDuration minInterval;

    @Option(
            names = "--max-interval",
            defaultValue = "${env:PROXYROUTE_MAX_INTERVAL:-10m}",
            description = "Longest spec.remediation.pollInterval. Default: ${DEFAULT-VALUE}.")
    private GatewayDuration maxInterval;

    @Option(
            names = "--max-capture-timeout",
            defaultValue = "${env:PROXYROUTE_MAX_CAPTURE_TIMEOUT:-1m}",
            description = "Longest spec.remediation.capture.timeout. Default: ${DEFAULT-VALUE}.")
    private GatewayDuration maxCaptureTimeout;

    public static void main(String[] arguments) {
        int status = new CommandLine(new OperatorMain())
                .registerConverter(GatewayDuration.class, GatewayDuration::parse)
                .execute(arguments);
        if (status != 0) {
            System.exit(status);
        }
    }

    private InstallationPolicy policy() {
        return new InstallationPolicy(
                allowedImages,
                allowedPriorityClasses,
                allowedPodAnnotations,
                allowedServiceAnnotations,
                deniedBackends(),
                minInterval.toJava(),
                maxInterval.toJava(),
                maxCaptureTimeout.toJava());
    }

    private List<String> deniedBackends() {
        Stream<String> apiServer = Stream.ofNullable(System.getenv("KUBERNETES_SERVICE_HOST"));
        List<String> denied = Stream.of(
                        InstallationPolicy.LOCAL_ADDRESSES.stream(), apiServer, deniedBackendCidrs.stream())
                .flatMap(ranges -> ranges)
                .map(String::strip)
                .filter(range -> !range.isEmpty())
                .toList();
        denied.forEach(AddressRange::parse); // a proxy would not start with a malformed one
        return denied;
    }

    @Override
    public Integer call() throws Exception {
        Set<String> namespaces = Arrays.stream(watchNamespaces.split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toSet());
        KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(ApiClientSettings.config())
                .withKubernetesSerialization(LenientSpecReader.serialization())
                .build();
        OperatorProcess process = new OperatorProcess(
                client,
                new OperatorEnvironment(proxyImage, namespace, policy()),
                namespaces,
                healthPort,
                new Remediation.Options(namespace, reports, reportPort, maxActionsPerHour),
                Clock.systemUTC());
        Runtime.getRuntime().addShutdownHook(new Thread(process::close, "shutdown"));
        process.start();
        LOG.info(
                "Started: watching {}, proxy image {}.",
                namespaces.isEmpty() ? "all namespaces" : "namespaces " + namespaces,
                proxyImage);
        return 0;
    }
}

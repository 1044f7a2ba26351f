package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import java.util.List;
import java.util.Map;

/** The pods that serve a route. */
@ApiType
public record ProxySpec(
        @SpecReplicas
        @Min(0)
        @Max(500)
        @JsonPropertyDescription(
                "Number of pods; 1 when omitted. May be set only if autoscaling.mode is Disabled. kubectl"
                        + " scale pxr sets it.")
        Integer replicas,

        @Size(min = 1, max = 512)
        @JsonPropertyDescription(
                "Image of the proxy; the operator's default image when omitted. Derive an image from the"
                        + " default to add custom filters.")
        String image,

        @Default("IfNotPresent") @JsonPropertyDescription("When the image is pulled, as in a container spec.")
        ImagePullPolicy imagePullPolicy,

        @Size(max = 8)
        @JsonPropertyDescription("Secrets with credentials for registries, in the route's namespace, as in a pod spec.")
        List<ImagePullSecret> imagePullSecrets,

        @Default("{\"requests\": {\"cpu\": \"250m\"}, \"limits\": {\"memory\": \"512Mi\"}}")
        @JsonPropertyDescription("CPU and memory of each pod. Heap and direct memory are derived from limits.memory.")
        Resources resources,

        @JsonPropertyDescription("Labels and annotations added to each pod.")
        PodMetadata podMetadata,

        @Size(max = 16) @JsonPropertyDescription("Labels that a node must have, as in a pod spec.")
        Map<String, @Size(max = 63) String> nodeSelector,

        @Size(max = 16) @JsonPropertyDescription("Taints that the pods tolerate, as in a pod spec.")
        List<Toleration> tolerations,

        @JsonPropertyDescription("Scheduling constraints of the pods, as in a pod spec.")
        Affinity affinity,

        @Size(max = 8)
        @JsonPropertyDescription(
                "How the pods are spread over nodes, as in a pod spec. When omitted, the pods are spread over"
                        + " zones and hosts where possible.")
        List<TopologySpreadConstraint> topologySpread,

        @Size(min = 1, max = 253) @JsonPropertyDescription("Name of the PriorityClass of the pods.")
        String priorityClassName,

        @JsonPropertyDescription("The Java virtual machine.")
        Jvm jvm,

        @JsonPropertyDescription("The Service in front of the pods.")
        ServiceSpec service,

        @JsonPropertyDescription("How many pods must stay available during voluntary disruptions.")
        DisruptionBudget disruptionBudget,

        @JsonPropertyDescription("Network access to the pods.")
        NetworkPolicySpec networkPolicy,

        @JsonPropertyDescription("How a pod shuts down without losing requests.")
        DrainSpec drain) {

    static final ProxySpec DEFAULT = new ProxySpec(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);

    public ProxySpec {
        imagePullPolicy = Defaults.orElse(imagePullPolicy, ImagePullPolicy.IfNotPresent);
        imagePullSecrets = Defaults.orEmpty(imagePullSecrets);
        resources = Defaults.orElse(resources, Resources.DEFAULT);
        podMetadata = Defaults.orElse(podMetadata, PodMetadata.NONE);
        nodeSelector = Defaults.orEmpty(nodeSelector);
        tolerations = Defaults.orEmpty(tolerations);
        topologySpread = Defaults.orEmpty(topologySpread);
        jvm = Defaults.orElse(jvm, Jvm.DEFAULT);
        service = Defaults.orElse(service, ServiceSpec.DEFAULT);
        disruptionBudget = Defaults.orElse(disruptionBudget, DisruptionBudget.DEFAULT);
        networkPolicy = Defaults.orElse(networkPolicy, NetworkPolicySpec.DEFAULT);
        drain = Defaults.orElse(drain, DrainSpec.DEFAULT);
    }

    /** When an image is pulled. */
    public enum ImagePullPolicy {
        Always,
        IfNotPresent,
        Never
    }

    /** A Secret with credentials for a registry. */
    @ApiType
    public record ImagePullSecret(
            @Required @Size(min = 1, max = 253) @JsonPropertyDescription("Name of the Secret.")
            String name) {}

    /** CPU and memory, as in a container. */
    @ApiType
    @ValidationRule(
            value = "has(self.limits) && 'memory' in self.limits",
            message = "proxy.resources.limits.memory must be set: heap and direct memory are derived from it.")
    @ValidationRule(
            value = "!has(self.limits) || !('memory' in self.limits) || !isQuantity(string(self.limits['memory'])) ||"
                    + " !quantity(string(self.limits['memory'])).isLessThan(quantity('256Mi'))",
            message = "proxy.resources.limits.memory must be at least 256Mi.",
            fieldPath = ".limits")
    public record Resources(
            @Size(max = 8)
            @JsonPropertyDescription(
                    "Resources that the scheduler reserves: cpu and memory. The memory request defaults to the"
                            + " memory limit.")
            Map<String, Quantity> requests,

            @Size(max = 8) @JsonPropertyDescription("Resource limits: memory (at least 256Mi) and optionally cpu.")
            Map<String, Quantity> limits) {

        static final Resources DEFAULT =
                new Resources(Map.of("cpu", Quantity.parse("250m")), Map.of("memory", Quantity.parse("512Mi")));

        public Resources {
            requests = Defaults.orEmpty(requests);
            limits = Defaults.orEmpty(limits);
        }
    }

    /** Labels and annotations that the user adds to the pods. */
    @ApiType
    @ValidationRule(
            value = "!has(self.labels) || self.labels.all(k, !k.startsWith('proxyroute.io/') &&"
                    + " !k.startsWith('app.kubernetes.io/'))",
            message = "proxy.podMetadata.labels must not start with proxyroute.io/ or app.kubernetes.io/: these"
                    + " labels are reserved for the operator.",
            fieldPath = ".labels")
    public record PodMetadata(
            @Size(max = 32)
            @JsonPropertyDescription("Labels. The prefixes proxyroute.io/ and app.kubernetes.io/ are reserved.")
            Map<String, @Size(max = 63) String> labels,

            @Size(max = 32) @JsonPropertyDescription("Annotations.")
            Map<String, @Size(max = 4096) String> annotations) {

        static final PodMetadata NONE = new PodMetadata(null, null);

        public PodMetadata {
            labels = Defaults.orEmpty(labels);
            annotations = Defaults.orEmpty(annotations);
        }
    }

    /** The Java virtual machine of the proxy. */
    @ApiType
    @ValidationRule(
            value = "!has(self.options) || self.options.all(o, !o.contains('DisableExplicitGC') &&"
                    + " !o.contains('ExplicitGCInvokesConcurrent'))",
            message = "proxy.jvm.options must not contain DisableExplicitGC or ExplicitGCInvokesConcurrent: the live"
                    + " set is measured by an explicit stop-the-world collection.",
            fieldPath = ".options")
    @ValidationRule(
            value = "!has(self.options) || self.options.all(o, !o.matches('^-X?m[sx]') && !o.contains('HeapSize') &&"
                    + " !o.contains('AggressiveHeap') && !o.contains('RAMPercentage') && !o.contains('RAMFraction') &&"
                    + " !o.contains('MaxDirectMemorySize') && !o.contains('io.netty.maxDirectMemory'))",
            message = "proxy.jvm.options must not set heap or direct memory: the operator derives both from"
                    + " proxy.resources.limits.memory.",
            fieldPath = ".options")
    @ValidationRule(
            value = "!has(self.options) || self.options.all(o, !o.matches('^-XX:[+-]Use[A-Za-z0-9]+GC$'))",
            message = "proxy.jvm.options must not select a garbage collector: the operator sets -XX:+UseG1GC, and a"
                    + " JVM with two collectors does not start.",
            fieldPath = ".options")
    @ValidationRule(
            value = "!has(self.options) || self.options.all(o, !o.startsWith('-XX:Flags=') &&"
                    + " !o.startsWith('-XX:VMOptionsFile='))",
            message = "proxy.jvm.options must not refer to a file of options: list the options themselves.",
            fieldPath = ".options")
    public record Jvm(
            @Size(max = 32)
            @JsonPropertyDescription(
                    "JVM options added to those of the operator, one per entry, for example -XX:+AlwaysPreTouch or"
                            + " -Dname=value. Heap and direct memory sizes, another collector, files of options,"
                            + " DisableExplicitGC and ExplicitGCInvokesConcurrent are not allowed.")
            List<@Size(min = 2, max = 256) @Pattern("^-[^\\s\"'\\\\]+$") String> options) {

        static final Jvm DEFAULT = new Jvm(null);

        public Jvm {
            options = Defaults.orEmpty(options);
        }
    }

    /** The Service in front of the pods. */
    @ApiType
    public record ServiceSpec(
            @Default("ClusterIP") @JsonPropertyDescription("Type of the Service: ClusterIP, NodePort or LoadBalancer.")
            ServiceType type,

            @Size(max = 32)
            @JsonPropertyDescription("Annotations of the Service, for example to configure a load balancer.")
            Map<String, @Size(max = 4096) String> annotations) {

        static final ServiceSpec DEFAULT = new ServiceSpec(null, null);

        public ServiceSpec {
            type = Defaults.orElse(type, ServiceType.ClusterIP);
            annotations = Defaults.orEmpty(annotations);
        }
    }

    /** Kinds of Service. */
    public enum ServiceType {
        ClusterIP,
        NodePort,
        LoadBalancer
    }

    /** How many pods must stay available during voluntary disruptions. */
    @ApiType
    public record DisruptionBudget(
            @Min(0)
            @Max(500)
            @JsonPropertyDescription(
                    "Number of pods that must stay ready during evictions; one less than the desired number when"
                            + " omitted.")
            Integer minAvailable) {

        static final DisruptionBudget DEFAULT = new DisruptionBudget(null);
    }

    /** Network access to the pods. */
    @ApiType
    public record NetworkPolicySpec(
            @Default("true")
            @JsonPropertyDescription(
                    "Whether to create a NetworkPolicy that opens the traffic and metrics ports to everyone and"
                            + " the administration port to the operator only.")
            Boolean enabled) {

        static final NetworkPolicySpec DEFAULT = new NetworkPolicySpec(null);

        public NetworkPolicySpec {
            enabled = Defaults.orElse(enabled, true);
        }
    }

    /** How a pod shuts down. Its grace period is the sum of both and 25 s for closing the remaining connections. */
    @ApiType
    public record DrainSpec(
            @Default("10s")
            @DurationFormat
            @JsonPropertyDescription(
                    "How long a terminating pod still accepts connections, because endpoint lists elsewhere are"
                            + " updated with a delay.")
            GatewayDuration delay,

            @Default("30s")
            @DurationFormat
            @JsonPropertyDescription("How long requests in flight may take to complete after the delay.")
            GatewayDuration timeout) {

        static final DrainSpec DEFAULT = new DrainSpec(null, null);

        public DrainSpec {
            delay = Defaults.orElse(delay, "10s");
            timeout = Defaults.orElse(timeout, "30s");
        }
    }
}

package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
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
                "Number of pods, 1 when left out; only with autoscaling.mode Disabled. kubectl scale pxr sets it.")
        Integer replicas,

        @Size(min = 1, max = 512)
        @JsonPropertyDescription(
                "Image of the proxy; the operator's own default when left out. Derive an image from the default"
                        + " to bring filters of your own.")
        String image,

        @Default("IfNotPresent") @JsonPropertyDescription("When the image is pulled, as in a container.")
        ImagePullPolicy imagePullPolicy,

        @Default("{\"requests\": {\"cpu\": \"250m\"}, \"limits\": {\"memory\": \"512Mi\"}}")
        @JsonPropertyDescription("CPU and memory of each pod. Heap and direct memory are derived from limits.memory.")
        Resources resources,

        @JsonPropertyDescription("Labels and annotations added to each pod.")
        PodMetadata podMetadata,

        @Size(max = 16) @JsonPropertyDescription("Labels that a node must have, as in a pod.")
        Map<String, @Size(max = 63) String> nodeSelector,

        @Size(max = 16) @JsonPropertyDescription("Taints that the pods tolerate, as in a pod.")
        List<Toleration> tolerations,

        @JsonPropertyDescription("Which nodes and neighbours the pods like or dislike, as in a pod.")
        Affinity affinity,

        @Size(max = 8)
        @JsonPropertyDescription(
                "How pods spread over nodes, as in a pod; evenly over zones and hosts where possible when left"
                        + " out.")
        List<TopologySpreadConstraint> topologySpread,

        @Size(min = 1, max = 253) @JsonPropertyDescription("PriorityClass of the pods.")
        String priorityClassName,

        @JsonPropertyDescription("The Java virtual machine.")
        Jvm jvm,

        @JsonPropertyDescription("The Service in front of the pods.")
        ServiceSpec service,

        @JsonPropertyDescription("How many pods voluntary disruptions must leave.")
        DisruptionBudget disruptionBudget,

        @JsonPropertyDescription("Who may reach the pods.") NetworkPolicySpec networkPolicy,

        @JsonPropertyDescription("How a pod ends without losing a request.")
        DrainSpec drain) {

    static final ProxySpec DEFAULT =
            new ProxySpec(null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);

    public ProxySpec {
        imagePullPolicy = Absent.or(imagePullPolicy, ImagePullPolicy.IfNotPresent);
        resources = Absent.or(resources, Resources.DEFAULT);
        podMetadata = Absent.or(podMetadata, PodMetadata.NONE);
        nodeSelector = Absent.orEmpty(nodeSelector);
        tolerations = Absent.orEmpty(tolerations);
        topologySpread = Absent.orEmpty(topologySpread);
        jvm = Absent.or(jvm, Jvm.DEFAULT);
        service = Absent.or(service, ServiceSpec.DEFAULT);
        disruptionBudget = Absent.or(disruptionBudget, DisruptionBudget.DEFAULT);
        networkPolicy = Absent.or(networkPolicy, NetworkPolicySpec.DEFAULT);
        drain = Absent.or(drain, DrainSpec.DEFAULT);
    }

    /** When an image is pulled. */
    public enum ImagePullPolicy {
        Always,
        IfNotPresent,
        Never
    }

    /** CPU and memory, as in a container. */
    @ApiType
    @ValidationRule(
            value = "has(self.limits) && 'memory' in self.limits",
            message = "proxy.resources.limits.memory must be given: heap and direct memory are derived from it.")
    @ValidationRule(
            value = "!has(self.limits) || !('memory' in self.limits) || !isQuantity(string(self.limits['memory'])) ||"
                    + " !quantity(string(self.limits['memory'])).isLessThan(quantity('256Mi'))",
            message = "proxy.resources.limits.memory must be at least 256Mi.",
            fieldPath = ".limits")
    public record Resources(
            @Size(max = 8)
            @JsonPropertyDescription(
                    "What the scheduler sets aside, by name: cpu, memory. Memory: its limit when left out.")
            Map<String, Quantity> requests,

            @Size(max = 8)
            @JsonPropertyDescription("What the kernel enforces, by name: memory, at least 256Mi, and cpu where wanted.")
            Map<String, Quantity> limits) {

        static final Resources DEFAULT =
                new Resources(Map.of("cpu", Quantity.parse("250m")), Map.of("memory", Quantity.parse("512Mi")));

        public Resources {
            requests = Absent.orEmpty(requests);
            limits = Absent.orEmpty(limits);
        }
    }

    /** What a user adds to the pods' metadata. */
    @ApiType
    @ValidationRule(
            value = "!has(self.labels) || self.labels.all(k, !k.startsWith('proxyroute.io/') &&"
                    + " !k.startsWith('app.kubernetes.io/'))",
            message = "proxy.podMetadata.labels must not begin with proxyroute.io/ or app.kubernetes.io/: the operator"
                    + " sets those.",
            fieldPath = ".labels")
    public record PodMetadata(
            @Size(max = 32)
            @JsonPropertyDescription("Labels; those of proxyroute.io and app.kubernetes.io are the operator's.")
            Map<String, @Size(max = 63) String> labels,

            @Size(max = 32) @JsonPropertyDescription("Annotations.")
            Map<String, @Size(max = 4096) String> annotations) {

        static final PodMetadata NONE = new PodMetadata(null, null);

        public PodMetadata {
            labels = Absent.orEmpty(labels);
            annotations = Absent.orEmpty(annotations);
        }
    }

    /** The Java virtual machine of the proxy. */
    @ApiType
    @ValidationRule(
            value = "!has(self.options) || self.options.all(o, !o.contains('DisableExplicitGC') &&"
                    + " !o.contains('ExplicitGCInvokesConcurrent'))",
            message =
                    "proxy.jvm.options must not hold DisableExplicitGC or ExplicitGCInvokesConcurrent: the live set is"
                            + " measured by an explicit, stop-the-world collection.",
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
            message = "proxy.jvm.options must not choose a collector: the operator sets -XX:+UseG1GC, and a JVM with"
                    + " two does not start.",
            fieldPath = ".options")
    @ValidationRule(
            value = "!has(self.options) || self.options.all(o, !o.startsWith('-XX:Flags=') &&"
                    + " !o.startsWith('-XX:VMOptionsFile='))",
            message = "proxy.jvm.options must hold the options themselves, not name a file of options.",
            fieldPath = ".options")
    public record Jvm(
            @Size(max = 32)
            @JsonPropertyDescription(
                    "Options added to the operator's own, one each, as -XX:+AlwaysPreTouch or -Dname=value. Heap"
                            + " and direct memory sizes, another collector, files of options, DisableExplicitGC and"
                            + " ExplicitGCInvokesConcurrent are refused.")
            List<@Size(min = 2, max = 256) @Pattern("^-[^\\s\"'\\\\]+$") String> options) {

        static final Jvm DEFAULT = new Jvm(null);

        public Jvm {
            options = Absent.orEmpty(options);
        }
    }

    /** The Service in front of the pods. */
    @ApiType
    public record ServiceSpec(
            @Default("ClusterIP") @JsonPropertyDescription("ClusterIP, NodePort or LoadBalancer, as in a Service.")
            ServiceType type,

            @Size(max = 32) @JsonPropertyDescription("Annotations of the Service, for load balancers and the like.")
            Map<String, @Size(max = 4096) String> annotations) {

        static final ServiceSpec DEFAULT = new ServiceSpec(null, null);

        public ServiceSpec {
            type = Absent.or(type, ServiceType.ClusterIP);
            annotations = Absent.orEmpty(annotations);
        }
    }

    /** Kinds of Service. */
    public enum ServiceType {
        ClusterIP,
        NodePort,
        LoadBalancer
    }

    /** How many pods voluntary disruptions must leave. */
    @ApiType
    public record DisruptionBudget(
            @Min(0)
            @Max(500)
            @JsonPropertyDescription(
                    "Ready pods that evictions must leave; one less than the wanted number when left out.")
            Integer minAvailable) {

        static final DisruptionBudget DEFAULT = new DisruptionBudget(null);
    }

    /** Who may reach the pods. */
    @ApiType
    public record NetworkPolicySpec(
            @Default("true")
            @JsonPropertyDescription(
                    "Whether a NetworkPolicy opens the traffic and metrics ports to all and the administration"
                            + " port to the operator alone.")
            Boolean enabled) {

        static final NetworkPolicySpec DEFAULT = new NetworkPolicySpec(null);

        public NetworkPolicySpec {
            enabled = Absent.or(enabled, true);
        }
    }

    /** How a pod ends; its grace period is the sum of both and 25 s, for closing what is left. */
    @ApiType
    public record DrainSpec(
            @Default("10s")
            @DurationFormat
            @JsonPropertyDescription(
                    "How long an ending pod still accepts connections, since endpoint lists elsewhere lag.")
            GatewayDuration delay,

            @Default("30s")
            @DurationFormat
            @JsonPropertyDescription("How long exchanges in flight may go on after that.")
            GatewayDuration timeout) {

        static final DrainSpec DEFAULT = new DrainSpec(null, null);

        public DrainSpec {
            delay = Absent.or(delay, "10s");
            timeout = Absent.or(timeout, "30s");
        }
    }
}

package io.proxyroute.operator.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.gatewayapi.v1beta1.ReferenceGrant;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.contract.Json;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.ConfigReader;
import io.proxyroute.contract.config.ParseResult;
import io.proxyroute.operator.route.ReferenceGrants;
import io.proxyroute.operator.status.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compiles the {@code in-*.yaml} of every directory of {@code src/test/resources/compile}. The output must equal the
 * directory's {@code out-*} files. {@code -Dgolden.update=true} updates the files instead.
 */
class CompileGoldenTest {

    private static final Path CASES = Path.of("src/test/resources/compile");
    private static final OperatorEnvironment ENVIRONMENT =
            new OperatorEnvironment("proxyroute/proxy:test", "proxyroute-system", InstallationPolicy.DEFAULT);
    private static final KubernetesSerialization YAML = new KubernetesSerialization();

    static {
        YAML.registerKubernetesResource(ProxyRoute.class);
    }

    static Stream<String> cases() throws IOException {
        return names(CASES).stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void compilesToGoldenFiles(String name) throws IOException {
        Path directory = CASES.resolve(name);
        Map<String, String> actual = compile(inputs(directory));
        if (Boolean.getBoolean("golden.update")) {
            update(directory, actual);
        }
        Map<String, String> expected = new TreeMap<>();
        for (String file : names(directory)) {
            if (file.startsWith("out-")) {
                expected.put(file, Files.readString(directory.resolve(file)));
            } else {
                assertThat(file).matches("in-[a-z0-9-]+\\.yaml");
            }
        }
        assertThat(actual.keySet()).as("files of %s", name).isEqualTo(expected.keySet());
        expected.forEach((file, text) -> assertThat(actual.get(file)).as(file).isEqualTo(text));
    }

    private static Map<String, String> compile(List<HasMetadata> inputs) throws IOException {
        ProxyRoute route = inputs.stream()
                .filter(ProxyRoute.class::isInstance)
                .map(ProxyRoute.class::cast)
                .findFirst()
                .orElseThrow();
        var tuning = route.getStatus() == null ? null : route.getStatus().tuning();
        Map<String, String> outputs = new TreeMap<>();
        switch (ConfigCompiler.compile(
                route, tuning == null ? null : tuning.effective(), services(inputs), InstallationPolicy.DEFAULT)) {
            case Compilation.Compiled(ConfigDocument config, List<Problem> unresolved) -> {
                if (!unresolved.isEmpty()) {
                    outputs.put("out-problems.txt", text(unresolved));
                }
                String json = Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(config);
                assertThat(ConfigReader.config(Json.MAPPER.writeValueAsBytes(config.withSequence(1))))
                        .as("the document as a proxy reads it")
                        .isEqualTo(new ParseResult.Valid<>(config.withSequence(1)));
                outputs.put("out-config.json", json + "\n");
                int replicas =
                        Optional.ofNullable(route.getSpec().proxy().replicas()).orElse(1);
                for (HasMetadata object : Workload.of(route, config.listeners(), replicas, ENVIRONMENT)) {
                    outputs.put("out-" + object.getKind().toLowerCase() + ".yaml", YAML.asYaml(object));
                }
            }
            case Compilation.Rejected(List<Problem> problems) -> outputs.put("out-problems.txt", text(problems));
        }
        return outputs;
    }

    private static String text(List<Problem> problems) {
        return problems.stream()
                .map(problem -> problem.reason() + " " + problem + "\n")
                .collect(Collectors.joining());
    }

    private static BackendServices services(List<HasMetadata> inputs) {
        return new BackendServices() {
            @Override
            public Optional<Service> service(String namespace, String name) {
                return inputs.stream()
                        .filter(Service.class::isInstance)
                        .map(Service.class::cast)
                        .filter(service -> service.getMetadata().getNamespace().equals(namespace)
                                && service.getMetadata().getName().equals(name))
                        .findFirst();
            }

            @Override
            public Grant grant(String routeNamespace, String serviceNamespace, String serviceName) {
                boolean granted = inputs.stream()
                        .filter(ReferenceGrant.class::isInstance)
                        .map(ReferenceGrant.class::cast)
                        .filter(grant -> grant.getMetadata().getNamespace().equals(serviceNamespace))
                        .anyMatch(grant -> ReferenceGrants.grants(grant, routeNamespace, serviceName));
                return granted ? Grant.GRANTED : Grant.MISSING;
            }
        };
    }

    private static List<HasMetadata> inputs(Path directory) throws IOException {
        return names(directory).stream()
                .filter(file -> file.startsWith("in-"))
                .map(file -> {
                    try {
                        return YAML.<HasMetadata>unmarshal(Files.newInputStream(directory.resolve(file)));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .toList();
    }

    private static void update(Path directory, Map<String, String> actual) throws IOException {
        for (String file : names(directory)) {
            if (file.startsWith("out-")) {
                Files.delete(directory.resolve(file));
            }
        }
        for (var output : actual.entrySet()) {
            Files.write(directory.resolve(output.getKey()), output.getValue().getBytes(StandardCharsets.UTF_8));
        }
    }

    private static TreeSet<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }
}

package io.proxyroute.api.generate;

import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDGenerator.AbstractCRDOutput;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.proxyroute.api.v1alpha1.ProxyRoute;
import io.proxyroute.api.v1alpha1.RemediationRun;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Generates the CRD YAML from the API types, in memory. */
final class CrdGeneration {

    private static final String HEADER = "# Generated from the types in src/main/java; see README.md of this folder.\n";

    private CrdGeneration() {}

    /** The content of each CRD file, by file name. */
    static Map<String, String> files() {
        MemoryOutput output = new MemoryOutput();
        new CRDGenerator()
                .withOutput(output)
                .withPostProcessor(new SchemaPostProcessor())
                .customResourceClasses(ProxyRoute.class, RemediationRun.class)
                .generate();
        Map<String, String> files = new TreeMap<>();
        output.streams.forEach((name, stream) -> files.put(
                name.replaceFirst("-v1$", "") + ".yaml",
                stream.toString(StandardCharsets.UTF_8).replaceFirst("^#.*\n", HEADER)));
        return files;
    }

    /** The generated CRDs, by plural name. */
    static Map<String, CustomResourceDefinition> definitions() {
        KubernetesSerialization serialization = new KubernetesSerialization();
        Map<String, CustomResourceDefinition> definitions = new TreeMap<>();
        for (String yaml : files().values()) {
            CustomResourceDefinition crd = serialization.unmarshal(yaml, CustomResourceDefinition.class);
            definitions.put(crd.getSpec().getNames().getPlural(), crd);
        }
        return definitions;
    }

    private static final class MemoryOutput extends AbstractCRDOutput<ByteArrayOutputStream> {

        private final Map<String, ByteArrayOutputStream> streams = new LinkedHashMap<>();

        @Override
        protected ByteArrayOutputStream createStreamFor(String name) {
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            streams.put(name, stream);
            return stream;
        }
    }
}

package io.proxyroute.api.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The committed CRD YAML matches the Java types. */
class CommittedCrdsTest {

    private static final Path FOLDER = Path.of("").toAbsolutePath();
    private static final int MAX_BYTES = 200 * 1024;

    @Test
    void matchGeneratedCrds() throws IOException {
        Map<String, String> generated = CrdGeneration.files();
        if (Boolean.getBoolean("crds.write")) {
            for (var file : generated.entrySet()) {
                Files.writeString(FOLDER.resolve(file.getKey()), file.getValue());
            }
        }
        for (var file : generated.entrySet()) {
            Path committed = FOLDER.resolve(file.getKey());
            assertThat(Files.exists(committed) ? Files.readString(committed) : "")
                    .as(
                            "crds/%s differs from what the types generate; run: mvn -pl crds test -Dcrds.write=true",
                            file.getKey())
                    .isEqualTo(file.getValue());
        }
        assertThat(definitionsIn(FOLDER)).isEqualTo(generated.keySet());
    }

    @Test
    void areSmallerThan200Kb() {
        CrdGeneration.files().forEach((name, yaml) -> assertThat(yaml.getBytes(StandardCharsets.UTF_8).length)
                .as("size of crds/%s", name)
                .isLessThan(MAX_BYTES));
    }

    private static Set<String> definitionsIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".proxyroute.io.yaml"))
                    .collect(Collectors.toSet());
        }
    }
}

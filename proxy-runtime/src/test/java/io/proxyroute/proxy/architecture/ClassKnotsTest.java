package io.proxyroute.proxy.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClassKnotsTest {

    private static final JavaClasses SAMPLES =
            new ClassFileImporter().importPackages("io.proxyroute.proxy.architecture.sample");

    @Test
    void findsEveryClassOfKnotAndItsEdges() {
        List<String> failures = failures(ClassKnots.notExist().except("a sealed family", "Shape", "Circle", "Square"));

        assertThat(failures).singleElement().asString().startsWith("Door, House depend on each other:");
        assertThat(failures.getFirst())
                .contains("Door -> House: Field <io.proxyroute.proxy.architecture.sample.Door.house>")
                .contains("House -> Door: Field <io.proxyroute.proxy.architecture.sample.House$Room.doors>")
                .doesNotContain("Key");
    }

    @Test
    void acceptsListenerAndItsImplementer() {
        assertThat(String.join("\n", failures(ClassKnots.notExist()))).doesNotContain("Owner");
    }

    @Test
    void failsForExceptionThatIsNotNeeded() {
        assertThat(failures(ClassKnots.notExist().except("history", "Bell", "Owner")))
                .anySatisfy(failure -> assertThat(failure)
                        .contains("The exception for [Bell, Owner] (history) has no such knot; remove it"));
    }

    private static List<String> failures(ClassKnots knots) {
        return classes().should(knots).evaluate(SAMPLES).getFailureReport().getDetails();
    }
}

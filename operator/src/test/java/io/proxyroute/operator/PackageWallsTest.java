package io.proxyroute.operator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What the packages' descriptions say about imports, held by the build. */
@AnalyzeClasses(packages = "io.proxyroute.operator", importOptions = ImportOption.DoNotIncludeTests.class)
class PackageWallsTest {

    private static final String[] KUBERNETES_CLIENT = {"io.fabric8.kubernetes.client..", "io.javaoperatorsdk.."};

    @ArchTest
    static final ArchRule theOperatorNeverSeesTheProxy =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("io.proxyroute.proxy..", "io.netty..");

    @ArchTest
    static final ArchRule remediationKnowsNeitherKubernetesNorHttpNorTheApi = noClasses()
            .that()
            .resideInAPackage("io.proxyroute.operator.remediation..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.fabric8..", "io.javaoperatorsdk..", "java.net..", "com.sun.net..", "io.proxyroute.api..");

    @ArchTest
    static final ArchRule remediationStandsAlone = noClasses()
            .that()
            .resideInAPackage("io.proxyroute.operator.remediation..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.proxyroute.operator.compile..",
                    "io.proxyroute.operator.dependents..",
                    "io.proxyroute.operator.episode..",
                    "io.proxyroute.operator.observe..",
                    "io.proxyroute.operator.push..",
                    "io.proxyroute.operator.route..",
                    "io.proxyroute.operator.status..");

    @ArchTest
    static final ArchRule compilingAndDecidingAreFreeOfClientsAndFiles = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.proxyroute.operator.compile..",
                    "io.proxyroute.operator.endpoints..",
                    "io.proxyroute.operator.scaling..",
                    "io.proxyroute.operator.tuning..",
                    "io.proxyroute.operator.remediation..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.fabric8.kubernetes.client..",
                    "io.javaoperatorsdk..",
                    "java.net..",
                    "java.nio.file..",
                    "org.slf4j..");

    @ArchTest
    static final ArchRule onlyPushCallsProxies = noClasses()
            .that()
            .resideOutsideOfPackage("io.proxyroute.operator.push..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.net.http..");

    @ArchTest
    static final ArchRule whatSpeaksToProxiesDoesNotSpeakToTheApiServer = noClasses()
            .that()
            .resideInAnyPackage("io.proxyroute.operator.push..", "io.proxyroute.operator.observe..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(KUBERNETES_CLIENT);

    @ArchTest
    static final ArchRule nobodyImportsTheAssembly = noClasses()
            .that()
            .resideOutsideOfPackage("io.proxyroute.operator")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.proxyroute.operator");

    @ArchTest
    static final ArchRule thereAreNoCycles =
            slices().matching("io.proxyroute.operator.(*)..").should().beFreeOfCycles();
}

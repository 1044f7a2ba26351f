package io.proxyroute.operator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.proxyroute.api.v1alpha1.RemediationPhase;
import java.util.Set;

/** All rules about imports in this module; the packages' descriptions say the same in words. */
@AnalyzeClasses(packages = "io.proxyroute.operator", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String[] KUBERNETES_CLIENT = {"io.fabric8.kubernetes.client..", "io.javaoperatorsdk.."};
    private static final String DETECTION = "io.proxyroute.operator.remediation.detection..";
    private static final String DECISION = "io.proxyroute.operator.remediation.decision..";

    /** The parts of the JDK that reach neither a network nor a file. */
    private static final DescribedPredicate<JavaClass> PURE_JDK = DescribedPredicate.describe(
            "pure parts of the JDK",
            type -> isIn(
                    type,
                    "java.lang",
                    "java.lang.invoke",
                    "java.lang.runtime",
                    "java.math",
                    "java.text",
                    "java.time",
                    "java.time.chrono",
                    "java.time.format",
                    "java.time.temporal",
                    "java.util",
                    "java.util.function",
                    "java.util.regex",
                    "java.util.stream"));

    @ArchTest
    static final ArchRule operatorDoesNotSeeTheProxy =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("io.proxyroute.proxy..", "io.netty..");

    @ArchTest
    static final ArchRule detectionSeesTelemetryAndTheJdkOnly = classes()
            .that()
            .resideInAPackage(DETECTION)
            .should()
            .onlyDependOnClassesThat(PURE_JDK.or(
                    JavaClass.Predicates.resideInAnyPackage(DETECTION, "io.proxyroute.contract.telemetry..")));

    @ArchTest
    static final ArchRule decisionSeesDetectionPhasesAndTheJdkOnly = classes()
            .that()
            .resideInAPackage(DECISION)
            .should()
            .onlyDependOnClassesThat(PURE_JDK.or(JavaClass.Predicates.resideInAnyPackage(DECISION, DETECTION))
                    .or(JavaClass.Predicates.type(RemediationPhase.class)));

    @ArchTest
    static final ArchRule clusterAndEvidenceDoNotSeeTheLoop = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.proxyroute.operator.remediation.cluster..", "io.proxyroute.operator.remediation.evidence..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.proxyroute.operator.remediation.loop..",
                    "io.proxyroute.operator.route..",
                    "io.proxyroute.operator.status..");

    @ArchTest
    static final ArchRule compilingAndDecidingUseNeitherClientsNorFiles = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.proxyroute.operator.compile..",
                    "io.proxyroute.operator.endpoints..",
                    "io.proxyroute.operator.scaling..",
                    "io.proxyroute.operator.tuning..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.fabric8.kubernetes.client..",
                    "io.javaoperatorsdk..",
                    "java.net..",
                    "java.nio.file..",
                    "org.slf4j..");

    @ArchTest
    static final ArchRule onlyAdminSendsHttpRequests = noClasses()
            .that()
            .resideOutsideOfPackage("io.proxyroute.operator.admin..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.net.http..");

    @ArchTest
    static final ArchRule packagesThatCallProxiesDoNotCallTheApiServer = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.proxyroute.operator.admin..",
                    "io.proxyroute.operator.push..",
                    "io.proxyroute.operator.observe..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(KUBERNETES_CLIENT);

    @ArchTest
    static final ArchRule adminSeesCertificatesAndTheContractOnly = noClasses()
            .that()
            .resideInAPackage("io.proxyroute.operator.admin..")
            .should()
            .dependOnClassesThat(JavaClass.Predicates.resideInAPackage("io.proxyroute..")
                    .and(DescribedPredicate.not(JavaClass.Predicates.resideInAnyPackage(
                            "io.proxyroute.operator.admin..",
                            "io.proxyroute.operator.pki..",
                            "io.proxyroute.contract.."))));

    @ArchTest
    static final ArchRule onlyTheAssemblySeesTheAssembly = noClasses()
            .that()
            .resideOutsideOfPackage("io.proxyroute.operator")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.proxyroute.operator");

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.proxyroute.operator.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule remediationHasNoCycles = slices().matching("io.proxyroute.operator.remediation.(*)..")
            .should()
            .beFreeOfCycles();

    private static boolean isIn(JavaClass type, String... packages) {
        JavaClass element = type.getBaseComponentType();
        return element.isPrimitive() || Set.of(packages).contains(element.getPackageName());
    }
}

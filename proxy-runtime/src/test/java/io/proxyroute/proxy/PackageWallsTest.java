package io.proxyroute.proxy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What the packages' descriptions say about imports, held by the build. */
@AnalyzeClasses(
        packages = {"io.proxyroute.proxy", "io.proxyroute.contract", "io.proxyroute.filter"},
        importOptions = ImportOption.DoNotIncludeTests.class)
class PackageWallsTest {

    private static final String[] DATA_PATH = {
        "io.proxyroute.proxy.loop..",
        "io.proxyroute.proxy.ledger..",
        "io.proxyroute.proxy.pool..",
        "io.proxyroute.proxy.routing..",
        "io.proxyroute.proxy.http..",
        "io.proxyroute.proxy.filter.."
    };

    private static final String[] AROUND_IT = {
        "io.proxyroute.proxy.config..",
        "io.proxyroute.proxy.admin..",
        "io.proxyroute.proxy.telemetry..",
        "io.proxyroute.proxy.diagnostics..",
        "io.proxyroute.proxy.lifecycle.."
    };

    @ArchTest
    static final ArchRule theDataPathKnowsNothingAroundIt = noClasses()
            .that()
            .resideInAnyPackage(DATA_PATH)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(AROUND_IT);

    @ArchTest
    static final ArchRule theDataPathKnowsTheFilterRuntimeByItsSeamsOnly = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.proxyroute.proxy.loop..",
                    "io.proxyroute.proxy.ledger..",
                    "io.proxyroute.proxy.pool..",
                    "io.proxyroute.proxy.routing..",
                    "io.proxyroute.proxy.http..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.proxyroute.proxy.filter..", "io.proxyroute.filter..");

    @ArchTest
    static final ArchRule thereAreNoCycles =
            slices().matching("io.proxyroute.proxy.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule nobodyImportsTheAssembly = noClasses()
            .that()
            .resideInAPackage("io.proxyroute.proxy.*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.proxyroute.proxy");

    @ArchTest
    static final ArchRule theContractStandsAlone = noClasses()
            .that()
            .resideInAPackage("io.proxyroute.contract..")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages(
                    "io.proxyroute.contract..", "java..", "com.fasterxml.jackson..", "com.google.re2j..");

    @ArchTest
    static final ArchRule theFilterApiStandsAlone = noClasses()
            .that()
            .resideInAPackage("io.proxyroute.filter..")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages("io.proxyroute.filter..", "java..");

    @ArchTest
    static final ArchRule contextTravelsInNoThreadLocal =
            noClasses().should().dependOnClassesThat().areAssignableTo(ThreadLocal.class);

    @ArchTest
    static final ArchRule nobodySleeps = noClasses().should().callMethod(Thread.class, "sleep", long.class);
}

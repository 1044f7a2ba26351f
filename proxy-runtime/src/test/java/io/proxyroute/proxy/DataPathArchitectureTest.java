package io.proxyroute.proxy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The walls of the data path: arrows point one way, and it knows nothing of what is built around it. */
@AnalyzeClasses(packages = "io.proxyroute.proxy", importOptions = ImportOption.DoNotIncludeTests.class)
class DataPathArchitectureTest {

    private static final String PROXY = "io.proxyroute.proxy.";
    private static final String[] AROUND = {
        PROXY + "admin..",
        PROXY + "config..",
        PROXY + "telemetry..",
        PROXY + "diagnostics..",
        PROXY + "lifecycle..",
        PROXY + "filter.."
    };

    @ArchTest
    static final ArchRule THE_DATA_PATH_KNOWS_NOTHING_AROUND_IT = noClasses()
            .that()
            .resideInAnyPackage(
                    PROXY + "http..", PROXY + "pool..", PROXY + "routing..", PROXY + "ledger..", PROXY + "loop..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(AROUND);

    @ArchTest
    static final ArchRule THE_DATA_PATH_NEEDS_NO_METRICS_OR_JSON_LIBRARY = noClasses()
            .that()
            .resideInAnyPackage(
                    PROXY + "http..", PROXY + "pool..", PROXY + "routing..", PROXY + "ledger..", PROXY + "loop..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.micrometer..", "com.fasterxml..", "picocli..", "io.proxyroute.filter..");

    @ArchTest
    static final ArchRule POOLS_DO_NOT_KNOW_EXCHANGES = noClasses()
            .that()
            .resideInAnyPackage(PROXY + "pool..", PROXY + "routing..", PROXY + "ledger..", PROXY + "loop..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(PROXY + "http..");

    @ArchTest
    static final ArchRule ROUTING_KNOWS_NO_SOCKETS = noClasses()
            .that()
            .resideInAPackage(PROXY + "routing..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.netty.channel..", PROXY + "pool..", PROXY + "ledger..", PROXY + "loop..");

    @ArchTest
    static final ArchRule THE_LEDGER_KNOWS_NO_POOL = noClasses()
            .that()
            .resideInAnyPackage(PROXY + "ledger..", PROXY + "loop..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(PROXY + "pool..", PROXY + "routing..");

    @ArchTest
    static final ArchRule NO_CYCLES = slices().matching("io.proxyroute.proxy.(loop|ledger|pool|routing|http)..")
            .should()
            .beFreeOfCycles();
}

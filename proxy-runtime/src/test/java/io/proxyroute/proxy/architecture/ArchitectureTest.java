package io.proxyroute.proxy.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.PackageMatcher;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which package may use what. Every package has an allow-list of our own packages ({@code loop}) or single classes of
 * them ({@code stream.EndCause}), and of libraries; the JDK and SLF4J are always allowed. A package without a list fails
 * the build. Lists may name packages that do not exist yet.
 */
@AnalyzeClasses(
        packages = {"io.proxyroute.proxy", "io.proxyroute.contract", "io.proxyroute.filter"},
        importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String PROXY = "io.proxyroute.proxy.";
    private static final String[] EVERYWHERE = {"java..", "javax..", "org.slf4j.."};

    private static final String CONTRACT = "io.proxyroute.contract..";
    private static final String FILTER_API = "io.proxyroute.filter..";
    private static final String JSON = "com.fasterxml.jackson..";
    private static final String BUFFERS = "io.netty.buffer..";
    private static final String BOOTSTRAP = "io.netty.bootstrap..";
    private static final String CHANNELS = "io.netty.channel..";
    private static final String DECODER_ERRORS = "io.netty.handler.codec";
    private static final String HTTP_CODEC = "io.netty.handler.codec.http..";
    private static final String HEADERS = "io.netty.handler.codec.http.HttpHeaders";
    private static final String DEFAULT_HEADERS = "io.netty.handler.codec.http.DefaultHttpHeaders";
    private static final String QUERIES = "io.netty.handler.codec.http.QueryStringDecoder";
    private static final String NETTY_UTIL = "io.netty.util..";
    private static final String TLS = "io.netty.handler.ssl..";

    // The data path, bottom up. Netty's HTTP/1.1 types belong in http1 and, apart from traffic, in admin.

    @ArchTest
    static final ArchRule loop = allow("loop", CHANNELS, NETTY_UTIL);

    @ArchTest
    static final ArchRule log = allow("log", "ch.qos.logback..");

    @ArchTest
    static final ArchRule overload = allow("overload", "com.sun.management..");

    @ArchTest
    static final ArchRule ledger = allow("ledger", "stream.EndCause", "loop", CONTRACT, CHANNELS, NETTY_UTIL);

    @ArchTest
    static final ArchRule stream = allow("stream", BUFFERS, CHANNELS, HEADERS, DEFAULT_HEADERS, NETTY_UTIL);

    @ArchTest
    static final ArchRule fieldsAloneWrapNettysHeaders = noClasses()
            .that()
            .resideInAPackage(PROXY + "stream..")
            .and()
            .doNotHaveSimpleName("Fields")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(HTTP_CODEC);

    @ArchTest
    static final ArchRule wire = allow("wire", "loop", BUFFERS, CHANNELS, NETTY_UTIL, TLS);

    @ArchTest
    static final ArchRule routing = allow("routing", "stream", CONTRACT, NETTY_UTIL, QUERIES, "com.google.re2j..");

    @ArchTest
    static final ArchRule pool = allow(
            "pool",
            "stream",
            "ledger",
            "loop",
            CONTRACT,
            BUFFERS,
            BOOTSTRAP,
            CHANNELS,
            NETTY_UTIL,
            "io.netty.resolver..");

    @ArchTest
    static final ArchRule http1 = allow(
            "http1",
            "stream",
            "pool.Link",
            "pool.Lease",
            "pool.LinkFactory",
            "wire",
            "loop",
            BUFFERS,
            CHANNELS,
            DECODER_ERRORS,
            HTTP_CODEC,
            NETTY_UTIL);

    @ArchTest
    static final ArchRule http = allow(
            "http",
            "stream",
            "pool",
            "routing",
            "ledger",
            "overload",
            "loop",
            CONTRACT,
            BUFFERS,
            BOOTSTRAP,
            CHANNELS,
            NETTY_UTIL);

    @ArchTest
    static final ArchRule filter = allow(
            "filter",
            "stream",
            "http.FilterChain",
            "http.FilterExchange",
            "http.FilterRun",
            "http.OwnedBuffer",
            "pool",
            "ledger",
            "loop",
            CONTRACT,
            FILTER_API,
            BUFFERS,
            CHANNELS,
            NETTY_UTIL);

    // Around it: no package above uses one of these.

    @ArchTest
    static final ArchRule config = allow("config", CONTRACT, JSON);

    @ArchTest
    static final ArchRule telemetry = allow(
            "telemetry",
            "http.ExchangeListener",
            "http.EndedExchange",
            "http.TrafficCounts",
            "stream.EndCause",
            "ledger",
            "log",
            "overload",
            "loop",
            CONTRACT,
            CHANNELS,
            NETTY_UTIL,
            JSON,
            "io.micrometer..",
            "io.prometheus..",
            "org.HdrHistogram..",
            "com.sun.management..");

    @ArchTest
    static final ArchRule diagnostics = allow("diagnostics", "telemetry", CONTRACT, JSON);

    @ArchTest
    static final ArchRule admin = allow(
            "admin",
            "config",
            "diagnostics",
            "telemetry",
            "pool.BackendPools",
            "ledger",
            "loop",
            CONTRACT,
            BUFFERS,
            BOOTSTRAP,
            CHANNELS,
            DECODER_ERRORS,
            HTTP_CODEC,
            "io.netty.handler.timeout..",
            NETTY_UTIL,
            TLS,
            JSON);

    @ArchTest
    static final ArchRule lifecycle = allow(
            "lifecycle",
            "admin",
            "telemetry",
            "http",
            "stream",
            "pool",
            "ledger",
            "overload",
            "loop",
            CONTRACT,
            CHANNELS,
            NETTY_UTIL);

    @ArchTest
    static final ArchRule everyPackageHasAnAllowList = classes()
            .that()
            .resideInAPackage(PROXY + "(*)..")
            .should()
            .resideInAnyPackage(Stream.of(
                            "log",
                            "loop",
                            "overload",
                            "ledger",
                            "stream",
                            "wire",
                            "routing",
                            "pool",
                            "http1",
                            "http",
                            "filter",
                            "config",
                            "telemetry",
                            "diagnostics",
                            "admin",
                            "lifecycle")
                    .map(name -> PROXY + name + "..")
                    .toArray(String[]::new));

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching(PROXY + "(*)..").should().beFreeOfCycles();

    // Class knots within a package: see ClassKnots.

    @ArchTest
    static final ArchRule theDataPathHasNoKnots = classes()
            .that()
            .resideInAnyPackage(
                    PROXY + "stream..",
                    PROXY + "wire..",
                    PROXY + "http1..",
                    PROXY + "http..",
                    PROXY + "pool..",
                    PROXY + "filter..")
            .should(ClassKnots.notExist());

    // Few enough implementations that the JIT compiler inlines calls: it caches at most two receiver types at a call
    // site.

    @ArchTest
    static final ArchRule callsAlongStreamsInline = classes()
            .that()
            .resideInAnyPackage(PROXY + "stream..", PROXY + "pool..", PROXY + "http..")
            .and(areAbstract())
            .should(haveAtMostTwoImplementations());

    // Modules.

    @ArchTest
    static final ArchRule contract = onlyUse("io.proxyroute.contract..", CONTRACT, JSON, "com.google.re2j..");

    @ArchTest
    static final ArchRule filterApi = onlyUse("io.proxyroute.filter..", FILTER_API);

    // Habits.

    @ArchTest
    static final ArchRule noClassUsesThreadLocals =
            noClasses().should().dependOnClassesThat().areAssignableTo(ThreadLocal.class);

    @ArchTest
    static final ArchRule noClassSleeps = noClasses().should().callMethod(Thread.class, "sleep", long.class);

    private static DescribedPredicate<JavaClass> areAbstract() {
        return DescribedPredicate.describe(
                "are interfaces or abstract classes, and not sealed",
                type -> type.getModifiers().contains(JavaModifier.ABSTRACT)
                        && !type.reflect().isSealed()); // a switch over a sealed type calls no method of it
    }

    /** Counts concrete classes, direct or not. Lambdas do not count: bytecode does not show what they implement. */
    private static ArchCondition<JavaClass> haveAtMostTwoImplementations() {
        return new ArchCondition<>("have at most two implementations") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                List<String> implementations = type.getAllSubclasses().stream()
                        .filter(subclass -> !subclass.getModifiers().contains(JavaModifier.ABSTRACT))
                        .map(JavaClass::getName)
                        .sorted()
                        .toList();
                events.add(new SimpleConditionEvent(
                        type,
                        implementations.size() <= 2,
                        "%s has %d implementations: %s"
                                .formatted(type.getName(), implementations.size(), implementations)));
            }
        };
    }

    /** Lets a package of the proxy use itself and what is listed. */
    private static ArchRule allow(String name, String... allowed) {
        return onlyUse(
                PROXY + name + "..",
                Stream.concat(Stream.of(name), Arrays.stream(allowed)).toArray(String[]::new));
    }

    private static ArchRule onlyUse(String user, String... allowed) {
        List<DescribedPredicate<JavaClass>> entries = Stream.concat(Arrays.stream(EVERYWHERE), Arrays.stream(allowed))
                .map(ArchitectureTest::entry)
                .toList();
        return classes()
                .that()
                .resideInAPackage(user)
                .should()
                .onlyDependOnClassesThat(DescribedPredicate.describe(
                        "are in " + String.join(", ", allowed),
                        target -> target.getBaseComponentType().isPrimitive()
                                || entries.stream().anyMatch(e -> e.test(target.getBaseComponentType()))))
                .allowEmptyShould(true);
    }

    /** A class of ours, a package of ours, a class of a library, or a pattern of packages. */
    private static DescribedPredicate<JavaClass> entry(String allowed) {
        if (allowed.matches("[a-z0-9.]+\\.[a-z0-9]+\\.[A-Z]\\w+")) {
            return DescribedPredicate.describe(
                    allowed, target -> target.getFullName().equals(allowed));
        }
        if (allowed.matches("[a-z0-9]+\\.[A-Z]\\w+")) {
            return DescribedPredicate.describe(
                    allowed, target -> ClassKnots.topLevel(target).equals(PROXY + allowed));
        }
        PackageMatcher matcher = PackageMatcher.of(allowed.contains(".") ? allowed : PROXY + allowed + "..");
        return DescribedPredicate.describe(allowed, target -> matcher.matches(target.getPackageName()));
    }
}

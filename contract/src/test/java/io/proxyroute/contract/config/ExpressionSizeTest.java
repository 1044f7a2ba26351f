package io.proxyroute.contract.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionSizeTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/api/v[0-9]+/.*",
                "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}",
                ".{1,255}",
                "(?i)\\.(?:png|jpe?g|gif|svg|webp)",
                "/\\p{Greek}{2,100}",
                "[[:alpha:]{}]{1,300}",
                "[]{1000}]{2}",
                "\\Qa{1000}{1000}\\E",
                "a{x}{,5}{"
            })
    void acceptsUsualExpressions(String expression) {
        assertThat(ExpressionSize.excess(expression)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "((a{1000}){1000}){9}",
                "(((((a{9}){9}){9}){9}){9}){9}",
                "(?:\\pL{1,1000}){1000}",
                "(?P<name>(?:[^/]{500,}){3})",
                "((((((((((((((((((((a{2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}",
                ".{1000000000000}",
                "(a|b{999}|c){2}"
            })
    void rejectsNestedRepetitionsBeforeTheyAreExpanded(String expression) {
        assertThat(ExpressionSize.excess(expression)).contains("instructions; at most 1000 are allowed");
    }

    @Test
    void rejectsDeepNesting() {
        assertThat(ExpressionSize.excess("(".repeat(101) + "a" + ")".repeat(101)))
                .isEqualTo("nests groups 101 deep; at most 100 are allowed");
    }

    @Property
    void isAtLeastSizeOfCompiledProgram(@ForAll("expressions") String expression) {
        // Some instructions belong to the search and not to the expression.
        assertThat(Pattern.compile(expression).programSize())
                .isLessThanOrEqualTo((int) ExpressionSize.of(expression) + 5);
    }

    /** Valid expressions, small enough to be compiled even if the bound is wrong. */
    @Provide
    Arbitrary<String> expressions() {
        Arbitrary<String> atoms = Arbitraries.of(
                "a", ".", "\\d", "[^/]", "[]x]", "\\pN", "\\x{41}", "\\Qa{9}\\E", "[[:digit:]]", "\\b", "{", "}");
        return Arbitraries.recursive(() -> atoms, ExpressionSizeTest::nested, 0, 3);
    }

    private static Arbitrary<String> nested(Arbitrary<String> inner) {
        Arbitrary<String> repeated = Combinators.combine(
                        Arbitraries.of("(", "(?:", "(?i:", "(?-s:"),
                        inner,
                        Arbitraries.of("", "*", "+?", "?", "{2}", "{3,}", "{2,5}", "{0,9}?"))
                .as((open, body, repetition) -> open + body + ")" + repetition);
        return Combinators.combine(repeated, Arbitraries.of("", "|", "^", "$"), inner)
                .as((first, between, last) -> first + between + last);
    }
}

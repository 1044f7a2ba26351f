package io.proxyroute.e2e.terminal;

import java.util.Map;
import java.util.regex.Pattern;

/** Colours the marks and charts in a line by ANSI escape sequences. */
final class Colors {

    private static final String RESET = "\033[0m";
    private static final String RED = "\033[31m";
    private static final String GREEN = "\033[32m";
    private static final String YELLOW = "\033[33m";
    private static final String CYAN = "\033[36m";

    private static final Map<Pattern, String> RULES = Map.of(
            Pattern.compile("[✓▁▂▃]+"), GREEN,
            Pattern.compile("[▄▅]+"), YELLOW,
            Pattern.compile("[✗▆▇█]+"), RED,
            Pattern.compile("●"), CYAN);

    private Colors() {}

    static String apply(String line) {
        String colored = line;
        for (Map.Entry<Pattern, String> rule : RULES.entrySet()) {
            colored = rule.getKey().matcher(colored).replaceAll(rule.getValue() + "$0" + RESET);
        }
        return colored;
    }
}

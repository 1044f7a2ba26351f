package io.proxyroute.api.generate;

import io.proxyroute.api.v1alpha1.GatewayDuration;
import java.util.ArrayList;
import java.util.List;

/**
 * Expands what CEL rules of the API types abbreviate: {@code valid(d)}, whether a text is a duration; {@code ms(d)}, its
 * milliseconds; and {@code shown(v, 'w')}, a text that says when it equals a default.
 */
final class CelMacros {

    private CelMacros() {}

    static String expand(String cel) {
        String expanded = cel;
        for (Macro macro : Macro.values()) {
            int at;
            while ((at = find(expanded, macro.opening)) >= 0) {
                int end = closing(expanded, at + macro.opening.length());
                String inside = expanded.substring(at + macro.opening.length(), end);
                expanded = expanded.substring(0, at) + macro.expand(arguments(inside)) + expanded.substring(end + 1);
            }
        }
        return expanded;
    }

    private enum Macro {
        VALID("valid(") {
            @Override
            String expand(List<String> arguments) {
                return "%s.matches('%s')".formatted(arguments.getFirst(), GatewayDuration.PATTERN);
            }
        },
        // CEL knows no days; and this form keeps the estimated cost bounded.
        MILLISECONDS("ms(") {
            @Override
            String expand(List<String> arguments) {
                String text = arguments.getFirst();
                return ("((%1$s.contains('d') ? int(%1$s.substring(0, %1$s.indexOf('d'))) * 86400000 : 0) + duration('0s' +"
                                + " %1$s.substring(%1$s.indexOf('d') + 1)).getMilliseconds())")
                        .formatted(text);
            }
        },
        SHOWN("shown(") {
            @Override
            String expand(List<String> arguments) {
                return "%1$s + (%1$s == %2$s ? ' (the default)' : '')"
                        .formatted(arguments.getFirst(), arguments.getLast());
            }
        };

        private final String opening;

        Macro(String opening) {
            this.opening = opening;
        }

        abstract String expand(List<String> arguments);
    }

    /** The macro where it is no part of a longer name. */
    private static int find(String cel, String opening) {
        int at = cel.indexOf(opening);
        while (at > 0 && Character.isLetterOrDigit(cel.charAt(at - 1))) {
            at = cel.indexOf(opening, at + 1);
        }
        return at;
    }

    private static int closing(String cel, int from) {
        int depth = 1;
        for (int i = from; i < cel.length(); i++) {
            char c = cel.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        throw new IllegalArgumentException("unbalanced parentheses: " + cel);
    }

    private static List<String> arguments(String inside) {
        List<String> arguments = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < inside.length(); i++) {
            char c = inside.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == ',' && depth == 0) {
                arguments.add(inside.substring(start, i).strip());
                start = i + 1;
            }
        }
        arguments.add(inside.substring(start).strip());
        return arguments;
    }
}

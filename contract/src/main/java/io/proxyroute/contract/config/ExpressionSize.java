package io.proxyroute.contract.config;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * An upper bound for the size of a compiled regular expression, in instructions, computed without compiling it. RE2 expands
 * counted repetitions: {@code ((a{1000}){1000}){1000}} has a billion instructions. Matching takes time in proportion to
 * the size, multiplied by the length of the text.
 *
 * <p>The bound is at least the size of any valid expression; of an invalid one it says nothing. Not thread-safe.
 */
final class ExpressionSize {

    /** Limits a match of a path of 8 KiB to some tens of milliseconds. */
    static final int MAX_SIZE = 1000;

    /** Groups within groups: parsers and compilers recurse into them. */
    static final int MAX_DEPTH = 100;

    private static final long CAPTURE = 2;

    private final String expression;
    private final Deque<Group> enclosing = new ArrayDeque<>();
    private Group group = new Group(0);
    private int depth;
    private int at;

    /** The size of what a group contains so far, and of its last element, which a repetition multiplies. */
    private static final class Group {

        private final long own;
        private long before;
        private long last;

        Group(long own) {
            this.own = own;
        }

        void add(long size) {
            before += last;
            last = size;
        }

        void repeat(long times) {
            last = Math.min(Integer.MAX_VALUE, (last + 1) * times);
        }

        long size() {
            return Math.min(Integer.MAX_VALUE, own + before + last);
        }
    }

    private ExpressionSize(String expression) {
        this.expression = expression;
    }

    /**
     * What makes an expression too large.
     *
     * @return null if it is within the limits
     */
    static String excess(String expression) {
        ExpressionSize size = new ExpressionSize(expression);
        long total = size.scan();
        if (size.depth > MAX_DEPTH) {
            return "nests groups " + size.depth + " deep; at most " + MAX_DEPTH + " are allowed";
        }
        return total <= MAX_SIZE
                ? null
                : "expands to about " + total + " instructions; at most " + MAX_SIZE + " are allowed, so use fewer or"
                        + " smaller repetition counts";
    }

    /** The bound for an expression, in instructions. */
    static long of(String expression) {
        return new ExpressionSize(expression).scan();
    }

    private long scan() {
        while (at < expression.length()) {
            char c = expression.charAt(at++);
            switch (c) {
                case '\\' -> escape();
                case '[' -> characterClass();
                case '(' -> open();
                case ')' -> close();
                case '*', '+', '?' -> group.repeat(1);
                case '{' -> repetition();
                default -> group.add(1);
            }
        }
        while (!enclosing.isEmpty()) {
            close();
        }
        return group.size();
    }

    private void escape() {
        char c = at < expression.length() ? expression.charAt(at++) : '\\';
        if (c == 'Q') {
            int end = expression.indexOf("\\E", at);
            int length = (end < 0 ? expression.length() : end) - at;
            for (int i = 0; i < length; i++) {
                group.add(1);
            }
            at = end < 0 ? expression.length() : end + 2;
        } else {
            skipBraces(c);
            group.add(1);
        }
    }

    /** Skips the name of {@code \p{Greek}} or {@code \x{10FFFF}}, which is no repetition. */
    private void skipBraces(char escaped) {
        if ((escaped == 'p' || escaped == 'P' || escaped == 'x')
                && at < expression.length()
                && expression.charAt(at) == '{') {
            int end = expression.indexOf('}', at);
            at = end < 0 ? expression.length() : end + 1;
        }
    }

    private void characterClass() {
        if (at < expression.length() && expression.charAt(at) == '^') {
            at++;
        }
        boolean first = true; // a bracket in this place is a member
        while (at < expression.length()) {
            char c = expression.charAt(at++);
            if (c == ']' && !first) {
                break;
            } else if (c == '\\' && at < expression.length()) {
                skipBraces(expression.charAt(at++));
            } else if (expression.startsWith("[:", at - 1)) {
                int end = expression.indexOf(":]", at);
                at = end < 0 ? at : end + 2;
            }
            first = false;
        }
        group.add(1);
    }

    private void open() {
        long own = CAPTURE;
        if (at < expression.length() && expression.charAt(at) == '?') {
            while (at < expression.length() && ":)>".indexOf(expression.charAt(at)) < 0) {
                at++;
            }
            boolean flagsAlone = at < expression.length() && expression.charAt(at) == ')';
            at++;
            if (flagsAlone) {
                return;
            }
        }
        enclosing.push(group);
        group = new Group(own);
        depth = Math.max(depth, enclosing.size());
    }

    private void close() {
        if (!enclosing.isEmpty()) {
            long size = group.size();
            group = enclosing.pop();
            group.add(size);
        }
    }

    private void repetition() {
        int end = expression.indexOf('}', at);
        String counts = end < 0 ? "" : expression.substring(at, end);
        if (!counts.matches("[0-9]+(,[0-9]*)?")) {
            group.add(1); // a brace like any other character
            return;
        }
        int comma = counts.indexOf(',');
        String most = comma < 0 || comma == counts.length() - 1 ? counts.replace(",", "") : counts.substring(comma + 1);
        // An open end adds one more copy, which is repeated.
        group.repeat(count(most) + 1);
        at = end + 1;
    }

    /** RE2 allows at most 1,000, so that a longer number is an error that it finds. */
    private static long count(String digits) {
        return digits.length() > 6 ? 1_000_000 : Long.parseLong(digits);
    }
}

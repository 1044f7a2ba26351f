package io.proxyroute.e2e.demo;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the text of a run's verdict says about filters. */
final class Evidence {

    private static final Pattern BETWEEN_SENTENCES = Pattern.compile("(?<=\\.)\\s+(?=\\p{Lu})");
    private static final Pattern OF_A_FILTER = Pattern.compile("(?i)\\bfilters?\\b");
    private static final Pattern OF_NO_FILTER = Pattern.compile("(?i)\\bno filter\\b");

    private Evidence() {}

    /** The sentences that name filters, or one that says that none does. */
    static String ofFilters(String verdict) {
        String sentences = sentences(verdict);
        return sentences.isEmpty() ? "The evidence names no filter." : sentences;
    }

    /** Whether a filter is named as a whole word. */
    static boolean names(String verdict, String filter) {
        return Pattern.compile("(?<![\\w-])" + Pattern.quote(filter) + "(?![\\w-])")
                .matcher(sentences(verdict))
                .find();
    }

    private static String sentences(String verdict) {
        return verdict == null
                ? ""
                : BETWEEN_SENTENCES
                        .splitAsStream(verdict)
                        .filter(sentence -> OF_A_FILTER.matcher(sentence).find()
                                && !OF_NO_FILTER.matcher(sentence).find())
                        .collect(Collectors.joining(" "));
    }
}

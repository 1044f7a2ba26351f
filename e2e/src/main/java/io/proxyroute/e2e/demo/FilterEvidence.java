package io.proxyroute.e2e.demo;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Extracts from a run's evidence text what it says about filters. */
final class FilterEvidence {

    private static final Pattern SENTENCE_BREAK = Pattern.compile("(?<=\\.)\\s+(?=\\p{Lu})");
    private static final Pattern ABOUT_FILTERS = Pattern.compile("(?i)\\bfilters?\\b");
    private static final Pattern NO_FILTER = Pattern.compile("(?i)\\bno filter\\b");

    private FilterEvidence() {}

    /** The sentences that name filters, or a sentence saying that there are none. */
    static String describe(String evidence) {
        String sentences = filterSentences(evidence);
        return sentences.isEmpty() ? "The evidence names no filter." : sentences;
    }

    /** Whether the evidence names a filter as a whole word. */
    static boolean names(String evidence, String filter) {
        return Pattern.compile("(?<![\\w-])" + Pattern.quote(filter) + "(?![\\w-])")
                .matcher(filterSentences(evidence))
                .find();
    }

    private static String filterSentences(String evidence) {
        return evidence == null
                ? ""
                : SENTENCE_BREAK
                        .splitAsStream(evidence)
                        .filter(sentence -> ABOUT_FILTERS.matcher(sentence).find()
                                && !NO_FILTER.matcher(sentence).find())
                        .collect(Collectors.joining(" "));
    }
}

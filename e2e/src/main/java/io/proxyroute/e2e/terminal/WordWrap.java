package io.proxyroute.e2e.terminal;

import java.util.ArrayList;
import java.util.List;

/** Breaks text into lines at spaces. */
public final class WordWrap {

    private WordWrap() {}

    /**
     * Breaks a text into lines.
     *
     * @param label start of the first line; further lines are indented to its length
     * @param text line breaks in it are kept
     * @param width maximum length of a line; a longer word gets a line of its own
     */
    public static List<String> wrap(String label, String text, int width) {
        List<String> lines = new ArrayList<>();
        String indent = " ".repeat(label.length());
        StringBuilder line = new StringBuilder(label);
        for (String paragraph : text.strip().split("\n")) {
            for (String word : paragraph.split(" ")) {
                boolean isFirstWord = line.length() == label.length();
                if (!isFirstWord && line.length() + 1 + word.length() > width) {
                    lines.add(line.toString());
                    line = new StringBuilder(indent);
                    isFirstWord = true;
                }
                line.append(isFirstWord ? "" : " ").append(word);
            }
            lines.add(line.toString());
            line = new StringBuilder(indent);
        }
        return lines;
    }
}

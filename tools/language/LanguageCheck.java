import static java.util.Comparator.comparing;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/**
 * Finds the phrases of {@code phrases.txt} in everything that a user of this project may read, and fails if there are
 * any: string literals of all Java sources (text blocks and annotations included, so CRD descriptions too), YAML, JSON,
 * Markdown, and the messages of scripts. Comments count, but do not fail the check.
 *
 * <p>Run by {@code make language}: {@code java LanguageCheck.java [--comments] ROOT}. Java is parsed by the JDK's own
 * compiler; a concatenation is one text, so a phrase that is split over two literals is found.
 */
final class LanguageCheck {

    private static final int COMMENTS_GOAL = 10;
    private static final Pattern JAVA_COMMENT = Pattern.compile("//[^\n]*|/\\*.*?\\*/", Pattern.DOTALL);
    private static final Pattern XML_COMMENT = Pattern.compile("<!--.*?-->", Pattern.DOTALL);
    private static final Pattern LINE_COMMENT = Pattern.compile("(?m)^\\s*#.*$|\\s#\\s.*$");
    private static final Pattern NO_COMMENT = Pattern.compile("(?!)");
    private static final char EXPRESSION = '\uFFFC';

    private record Phrase(Pattern pattern, String advice) {

        static Phrase parse(String line) {
            int equals = line.indexOf(" = ");
            if (equals < 0) {
                throw new IllegalArgumentException("phrases.txt: write PHRASE = ADVICE instead of: " + line);
            }
            // Between two words: white space, and what starts a comment's next line.
            String words = line.substring(0, equals).strip().replace(" ", "[\\s*/#]+");
            return new Phrase(
                    Pattern.compile("\\b" + words + "\\b", Pattern.CASE_INSENSITIVE),
                    line.substring(equals + 3).strip());
        }
    }

    private record Finding(Path file, int line, String phrase, String advice, boolean comment) {

        String module() {
            Path first = file.getName(0);
            return file.getNameCount() == 1 ? "." : first.toString();
        }

        @Override
        public String toString() {
            return "%s:%d: \"%s\": %s".formatted(file, line, phrase, advice);
        }
    }

    /** One text of a Java source: a literal, or a concatenation with the places where its literals are. */
    private static final class Text {
        final StringBuilder content = new StringBuilder();
        final TreeMap<Integer, Integer> lineOfOffset = new TreeMap<>();

        void append(String literal, int line) {
            lineOfOffset.put(content.length(), line);
            content.append(literal);
        }

        /** A text block's lines are those of its value; the first one is below the opening quotes. */
        int lineAt(int offset) {
            Map.Entry<Integer, Integer> literal = lineOfOffset.floorEntry(offset);
            return literal.getValue()
                    + (int) content.substring(literal.getKey(), offset)
                            .chars()
                            .filter(c -> c == '\n')
                            .count();
        }
    }

    private final Path root;
    private final List<Phrase> phrases;
    /** In the order of files; a set, because the compiler copies a record component's annotations. */
    private final Set<Finding> findings = new TreeSet<>(comparing(Finding::file)
            .thenComparing(Finding::line)
            .thenComparing(Finding::phrase)
            .thenComparing(Finding::comment));

    private LanguageCheck(Path root, List<Phrase> phrases) {
        this.root = root;
        this.phrases = phrases;
    }

    public static void main(String[] args) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(args));
        boolean showComments = arguments.remove("--comments");
        Path root = Path.of(arguments.isEmpty() ? "." : arguments.getFirst());
        List<Phrase> phrases = Files.readAllLines(root.resolve("tools/language/phrases.txt")).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(Phrase::parse)
                .toList();
        LanguageCheck check = new LanguageCheck(root, phrases);
        check.scan();
        System.exit(check.report(showComments) ? 0 : 1);
    }

    private void scan() throws IOException {
        List<Path> java = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                String name = directory.getFileName().toString();
                boolean skipped = name.equals("target")
                        || name.startsWith(".") && !directory.equals(root)
                        || directory.endsWith("tools/language");
                return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (file.toString().endsWith(".java")) {
                    java.add(file);
                } else {
                    scanText(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        scanJava(java);
    }

    private void scanText(Path file) throws IOException {
        String name = file.getFileName().toString();
        if (name.matches(".*\\.(md|txt|json|svg)")) {
            scan(file, Files.readString(file), NO_COMMENT);
        } else if (name.endsWith(".xml")) {
            scan(file, Files.readString(file), XML_COMMENT);
        } else if (name.endsWith(".go")) {
            scan(file, Files.readString(file), JAVA_COMMENT);
        } else if (name.matches("Makefile|.*\\.(ya?ml|sh|properties)") || isScript(file)) {
            scan(file, Files.readString(file), LINE_COMMENT);
        }
    }

    private static boolean isScript(Path file) throws IOException {
        if (!Files.isExecutable(file)) {
            return false;
        }
        try (var in = Files.newInputStream(file)) {
            return in.read() == '#' && in.read() == '!';
        }
    }

    private void scan(Path file, String text, Pattern comment) {
        find(file, text, comment, true);
        find(file, comment.matcher(text).replaceAll(LanguageCheck::blank), NO_COMMENT, false);
    }

    /** Looks through the comments of a text, or through all of it where no comment is asked for. */
    private void find(Path file, String text, Pattern comment, boolean comments) {
        String searched = text;
        if (comments) {
            StringBuilder only = new StringBuilder(text.replaceAll("[^\n]", " "));
            comment.matcher(text).results().forEach(c -> only.replace(c.start(), c.end(), c.group()));
            searched = only.toString();
        }
        for (Phrase phrase : phrases) {
            phrase.pattern().matcher(searched).results().forEach(match -> {
                int line = 1
                        + (int) text.substring(0, match.start())
                                .chars()
                                .filter(c -> c == '\n')
                                .count();
                add(file, line, match, phrase, comments);
            });
        }
    }

    private void scanJava(List<Path> files) throws IOException {
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var manager = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(files));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                scanUnit(unit, positions);
            }
        }
    }

    private void scanUnit(CompilationUnitTree unit, SourcePositions positions) throws IOException {
        Path file = Path.of(unit.getSourceFile().getName());
        StringBuilder withoutLiterals = new StringBuilder(unit.getSourceFile().getCharContent(true));
        new TreeScanner<Void, Text>() {
            @Override
            public Void visitBinary(BinaryTree tree, Text outer) {
                if (tree.getKind() != Tree.Kind.PLUS) {
                    return super.visitBinary(tree, null);
                }
                Text text = outer == null ? new Text() : outer;
                part(tree.getLeftOperand(), text);
                part(tree.getRightOperand(), text);
                if (outer == null) {
                    search(file, text);
                }
                return null;
            }

            private void part(Tree operand, Text text) {
                Tree inner = operand instanceof ParenthesizedTree p ? p.getExpression() : operand;
                if (inner instanceof LiteralTree || inner instanceof BinaryTree b && b.getKind() == Tree.Kind.PLUS) {
                    scan(inner, text);
                } else {
                    text.append(String.valueOf(EXPRESSION), 0);
                    scan(inner, null);
                }
            }

            @Override
            public Void visitLiteral(LiteralTree tree, Text outer) {
                int start = (int) positions.getStartPosition(unit, tree);
                int end = (int) positions.getEndPosition(unit, tree);
                if (tree.getValue() instanceof String value) {
                    boolean block = withoutLiterals.substring(start, end).startsWith("\"\"\"");
                    int line = (int) unit.getLineMap().getLineNumber(start) + (block ? 1 : 0);
                    Text text = outer == null ? new Text() : outer;
                    text.append(value, line);
                    if (outer == null) {
                        search(file, text);
                    }
                }
                for (int i = start; i < end; i++) {
                    if (withoutLiterals.charAt(i) != '\n') {
                        withoutLiterals.setCharAt(i, '_');
                    }
                }
                return null;
            }
        }.scan(unit, null);
        find(file, withoutLiterals.toString(), JAVA_COMMENT, true);
    }

    private void search(Path file, Text text) {
        for (Phrase phrase : phrases) {
            phrase.pattern()
                    .matcher(text.content)
                    .results()
                    .forEach(match -> add(file, text.lineAt(match.start()), match, phrase, false));
        }
    }

    private void add(Path file, int line, MatchResult match, Phrase phrase, boolean comment) {
        String found = match.group().replaceAll("[\\s*/#]+", " ");
        findings.add(new Finding(root.relativize(file), line, found, phrase.advice(), comment));
    }

    private static String blank(MatchResult comment) {
        return comment.group().replaceAll("[^\n]", " ");
    }

    /** Prints what was found; true if no text fails. */
    private boolean report(boolean showComments) {
        Map<String, Integer> texts = new TreeMap<>();
        Map<String, Integer> comments = new TreeMap<>();
        for (Finding finding : findings) {
            (finding.comment() ? comments : texts).merge(finding.module(), 1, Integer::sum);
            if (!finding.comment() || showComments) {
                System.out.println(finding);
            }
        }
        int inTexts = texts.values().stream().mapToInt(Integer::intValue).sum();
        int inComments = comments.values().stream().mapToInt(Integer::intValue).sum();
        System.out.printf(
                "Language: %d phrases to rewrite in texts %s, %d in comments %s (goal: fewer than %d)%n",
                inTexts, texts, inComments, comments, COMMENTS_GOAL);
        if (inTexts > 0) {
            System.out.println(
                    "Rewrite these sentences; tools/language/phrases.txt lists the phrases and what to write.");
        }
        return inTexts == 0;
    }
}

package io.proxyroute.contract.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads one JSON object field by field and collects errors instead of stopping at the first one. A field that cannot be
 * read has a placeholder value: null for text and durations, the lower bound for numbers. Its error makes the document
 * invalid. After the last field, {@link #end()} reports the fields that were not read.
 */
final class FieldReader {

    /** Longer than any duration of the API, and short enough for a {@code long} of nanoseconds. */
    static final Duration LONGEST = Duration.ofHours(1_000_000);

    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*");

    private final JsonNode node;
    private final String path;
    private final List<ConfigError> errors;
    private final Set<String> known = new LinkedHashSet<>();

    FieldReader(JsonNode node, String path, List<ConfigError> errors) {
        this.node = node;
        this.path = path;
        this.errors = errors;
        if (isPresent(node) && !node.isObject()) {
            errors.add(new ConfigError(path, "is " + describe(node) + ", but must be an object."));
        }
    }

    private static boolean isPresent(JsonNode node) {
        return node != null && !node.isNull() && !node.isMissingNode();
    }

    /** Whether the object exists. */
    boolean present() {
        return isPresent(node) && node.isObject();
    }

    /** The path of a field of this object. */
    String at(String field) {
        if (!IDENTIFIER.matcher(field).matches()) {
            return path + "[\"" + field + "\"]";
        }
        return path.isEmpty() ? field : path + "." + field;
    }

    /**
     * Reports an error.
     *
     * @param where a path within this object
     */
    void error(String where, String message) {
        errors.add(new ConfigError(path.isEmpty() ? where : path + "." + where, message));
    }

    private JsonNode field(String name) {
        known.add(name);
        JsonNode value = present() ? node.get(name) : null;
        return isPresent(value) ? value : null;
    }

    /** Required, non-empty text. */
    String text(String name) {
        String value = optionalText(name, null);
        if (field(name) == null) {
            missing(name, "text");
        } else if (value != null && value.isEmpty()) {
            note(name, "is empty, but is required.");
            return null;
        }
        return value;
    }

    /** Optional text with a default. */
    String optionalText(String name, String absent) {
        JsonNode value = field(name);
        if (value == null) {
            return absent;
        }
        if (!value.isTextual()) {
            wrong(name, value, "text");
            return null;
        }
        return value.textValue();
    }

    /** A required whole number within bounds. */
    long number(String name, long min, long max) {
        if (field(name) == null) {
            missing(name, "a whole number from " + min + " to " + max);
            return min;
        }
        return number(name, min, max, min);
    }

    /** An optional whole number within bounds, with a default. */
    long number(String name, long min, long max, long absent) {
        JsonNode value = field(name);
        if (value == null) {
            return absent;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            wrong(name, value, "a whole number from " + min + " to " + max);
            return min;
        }
        if (value.longValue() < min || value.longValue() > max) {
            wrong(name, value, "from " + min + " to " + max);
            return min;
        }
        return value.longValue();
    }

    /** An optional boolean with a default. */
    boolean flag(String name, boolean absent) {
        JsonNode value = field(name);
        if (value == null) {
            return absent;
        }
        if (!value.isBoolean()) {
            wrong(name, value, "true or false");
            return absent;
        }
        return value.booleanValue();
    }

    /** An optional, non-negative duration with a default. */
    Duration duration(String name, Duration absent) {
        JsonNode value = field(name);
        if (value == null) {
            return absent;
        }
        if (!value.isTextual()) {
            wrong(name, value, "an ISO 8601 duration such as PT2.5S");
            return null;
        }
        Duration duration;
        try {
            duration = Duration.parse(value.textValue());
        } catch (DateTimeParseException e) {
            wrong(name, value, "an ISO 8601 duration such as PT2.5S");
            return null;
        }
        if (duration.isNegative() || duration.compareTo(LONGEST) > 0) {
            wrong(name, value, "from PT0S to " + LONGEST);
            return null;
        }
        return duration;
    }

    /** A required name of an enum constant. */
    <E extends Enum<E>> E choice(String name, Class<E> type, Set<E> allowed) {
        String value = text(name);
        if (value == null) {
            return null;
        }
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equals(value) && allowed.contains(constant)) {
                return constant;
            }
        }
        note(
                name,
                "is \"" + value + "\", but must be one of "
                        + allowed.stream().map(Enum::name).sorted().collect(Collectors.joining(", ")) + ".");
        return null;
    }

    /** An optional object; {@code read} is called even if it is absent and checks {@link #present()}. */
    <T> T object(String name, Function<FieldReader, T> read) {
        FieldReader reader = new FieldReader(field(name), at(name), errors);
        T value = read.apply(reader);
        reader.end();
        return value;
    }

    /** A required object. */
    <T> T requiredObject(String name, Function<FieldReader, T> read) {
        if (field(name) == null) {
            missing(name, "an object");
            return null;
        }
        return object(name, read);
    }

    /** An optional list of objects; empty by default. */
    <T> List<T> objects(String name, Function<FieldReader, T> read) {
        return list(name, (element, at) -> {
            if (element.isNull()) {
                errors.add(new ConfigError(at, "is null, but must be an object."));
            }
            FieldReader reader = new FieldReader(element, at, errors);
            T value = read.apply(reader);
            reader.end();
            return value;
        });
    }

    /** An optional list of texts; empty by default. */
    List<String> texts(String name) {
        return list(name, (element, at) -> {
            if (!element.isTextual()) {
                errors.add(new ConfigError(at, "is " + describe(element) + ", but must be text."));
                return "";
            }
            return element.textValue();
        });
    }

    /** An optional list of whole numbers within bounds; empty by default. */
    List<Integer> numbers(String name, int min, int max) {
        return list(name, (element, at) -> {
            if (!element.isIntegralNumber()
                    || !element.canConvertToInt()
                    || element.intValue() < min
                    || element.intValue() > max) {
                errors.add(new ConfigError(
                        at,
                        "is " + describe(element) + ", but must be a whole number from " + min + " to " + max + "."));
                return min;
            }
            return element.intValue();
        });
    }

    /** An optional map from text to text; empty by default. */
    Map<String, String> textMap(String name) {
        Map<String, String> result = new LinkedHashMap<>();
        object(name, map -> {
            map.names().forEach(key -> {
                String value = map.optionalText(key, null);
                if (map.field(key) == null) {
                    map.note(key, "is null, but must be text.");
                }
                result.put(key, value == null ? "" : value);
            });
            return null;
        });
        return result;
    }

    /** An optional map from text to lists of objects; empty by default. */
    <T> Map<String, List<T>> objectsMap(String name, Function<FieldReader, T> read) {
        Map<String, List<T>> result = new LinkedHashMap<>();
        object(name, map -> {
            map.names().forEach(key -> result.put(key, map.objects(key, read)));
            return null;
        });
        return result;
    }

    private List<String> names() {
        return present() ? node.properties().stream().map(Map.Entry::getKey).toList() : List.of();
    }

    private <T> List<T> list(String name, BiFunction<JsonNode, String, T> read) {
        JsonNode value = field(name);
        if (value == null) {
            return List.of();
        }
        if (!value.isArray()) {
            wrong(name, value, "a list");
            return List.of();
        }
        List<T> result = new ArrayList<>(value.size());
        for (int i = 0; i < value.size(); i++) {
            T element = read.apply(value.get(i), at(name) + "[" + i + "]");
            if (element != null) {
                result.add(element);
            }
        }
        return result;
    }

    /** Accepts all remaining fields, when it is unknown which ones are valid. */
    void ignoreRest() {
        known.addAll(names());
    }

    /** Whether a list is absent or empty; false if the field is not a list. */
    boolean absentOrEmpty(String name) {
        JsonNode value = field(name);
        return value == null || value.isArray() && value.isEmpty();
    }

    /** Reports the fields that were not read. */
    void end() {
        Stream<String> unknown = names().stream().filter(name -> !known.contains(name));
        unknown.forEach(
                name -> note(name, "is not a field of this object; its fields are " + String.join(", ", known) + "."));
    }

    private void note(String field, String message) {
        errors.add(new ConfigError(at(field), message));
    }

    private void missing(String name, String expected) {
        // If the object itself is absent or not an object, that error is already reported.
        if (present()) {
            note(name, "is missing, but must be set: " + expected + ".");
        }
    }

    private void wrong(String name, JsonNode value, String expected) {
        note(name, "is " + describe(value) + ", but must be " + expected + ".");
    }

    private static String describe(JsonNode value) {
        if (value.isObject()) {
            return "an object";
        }
        if (value.isArray()) {
            return "a list";
        }
        String json = value.toString();
        return json.length() <= 60 ? json : json.substring(0, 57) + "...";
    }
}

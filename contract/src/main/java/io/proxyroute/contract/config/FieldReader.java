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
 * Reads one JSON object field by field and notes what is wrong instead of stopping at it. A field that cannot be read
 * counts as absent from then on: text and durations are null, numbers their lower bound; the noted error keeps such a
 * document from being served. After the last field {@link #end()} notes those that nobody asked for.
 */
final class FieldReader {

    /** No duration of the API comes near it, and it fits into a long of nanoseconds. */
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

    /** Whether there is an object to read. */
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
     * Notes an error.
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

    /** Text that must be there and must not be empty. */
    String text(String name) {
        String value = optionalText(name, null);
        if (field(name) == null) {
            missing(name, "text");
        } else if (value != null && value.isEmpty()) {
            note(name, "is empty, but must be given.");
            return null;
        }
        return value;
    }

    /** Text, or a default where there is none. */
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

    /** A whole number within bounds that must be there. */
    long number(String name, long min, long max) {
        if (field(name) == null) {
            missing(name, "a whole number from " + min + " to " + max);
            return min;
        }
        return number(name, min, max, min);
    }

    /** A whole number within bounds, or a default where there is none. */
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

    /** True or false, or a default where there is none. */
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

    /** A duration that is not negative, or a default where there is none. */
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

    /** One of an enumeration's names that must be there. */
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

    /** An object; {@code read} is called whether it is there or not, and asks {@link #present()}. */
    <T> T object(String name, Function<FieldReader, T> read) {
        FieldReader reader = new FieldReader(field(name), at(name), errors);
        T value = read.apply(reader);
        reader.end();
        return value;
    }

    /** An object that must be there. */
    <T> T requiredObject(String name, Function<FieldReader, T> read) {
        if (field(name) == null) {
            missing(name, "an object");
            return null;
        }
        return object(name, read);
    }

    /** A list of objects; empty where there is none. */
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

    /** A list of texts; empty where there is none. */
    List<String> texts(String name) {
        return list(name, (element, at) -> {
            if (!element.isTextual()) {
                errors.add(new ConfigError(at, "is " + describe(element) + ", but must be text."));
                return "";
            }
            return element.textValue();
        });
    }

    /** A list of whole numbers within bounds; empty where there is none. */
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

    /** A map from text to text; empty where there is none. */
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

    /** A map from text to lists of objects; empty where there is none. */
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

    /** Leaves the fields that nobody asked for unmentioned: what they should be is not known. */
    void ignoreRest() {
        known.addAll(names());
    }

    /** Whether a list is missing or has no element; not so where something else stands in its place. */
    boolean absentOrEmpty(String name) {
        JsonNode value = field(name);
        return value == null || value.isArray() && value.isEmpty();
    }

    /** Notes the fields that nobody asked for. */
    void end() {
        Stream<String> unknown = names().stream().filter(name -> !known.contains(name));
        unknown.forEach(
                name -> note(name, "is not a field of this object; its fields are " + String.join(", ", known) + "."));
    }

    private void note(String field, String message) {
        errors.add(new ConfigError(at(field), message));
    }

    private void missing(String name, String right) {
        // Where the object itself is missing or something else, that has been said.
        if (present()) {
            note(name, "is missing, but must be given: " + right + ".");
        }
    }

    private void wrong(String name, JsonNode value, String right) {
        note(name, "is " + describe(value) + ", but must be " + right + ".");
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

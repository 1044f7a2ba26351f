package io.proxyroute.contract.config;

import com.google.re2j.PatternSyntaxException;
import io.proxyroute.contract.admin.Update;
import java.net.InetAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** The fields of each document and their valid values. */
final class ConfigFields {

    /** RFC 9110, section 5.6.2. */
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    /** RFC 9110, section 5.5: visible characters and obs-text, with spaces and tabs only between them. */
    private static final Pattern HEADER_VALUE = Pattern.compile(
            "(?:[\\x21-\\x7e\\x80-\\xff]" + "(?:[\\x20\\x09\\x21-\\x7e\\x80-\\xff]*[\\x21-\\x7e\\x80-\\xff])?)?");

    private static final Pattern HOSTNAME = Pattern.compile(
            "(?:\\*\\.)?[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern CLASS_NAME =
            Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$]*(?:\\.[\\p{L}_$][\\p{L}\\p{N}_$]*)*");

    /** Headers that frame a message or apply to one hop. Filters must not edit them: that enables request smuggling. */
    private static final Set<String> FRAMING = Set.of(
            "connection",
            "content-length",
            "expect",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    /** Headers that apply to one hop: the proxy removes them before it matches rules. */
    private static final Set<String> NEVER_MATCHED = Set.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "transfer-encoding");

    private static final Duration SHORTEST_LIVE_SET_INTERVAL = Duration.ofSeconds(1);

    private ConfigFields() {}

    static Update update(FieldReader in) {
        ConfigDocument config = in.requiredObject("config", ConfigFields::config);
        EndpointsDocument endpoints = in.object("endpoints", e -> e.present() ? endpoints(e) : null);
        return new Update(config, endpoints);
    }

    static EndpointsDocument endpoints(FieldReader in) {
        return new EndpointsDocument(
                in.number("version", 0, Long.MAX_VALUE), in.objectsMap("backends", ConfigFields::endpoint));
    }

    private static EndpointsDocument.Endpoint endpoint(FieldReader in) {
        String address = in.text("address");
        if (address != null) {
            try {
                InetAddress.ofLiteral(address);
            } catch (IllegalArgumentException e) {
                in.error("address", "is \"" + address + "\", but must be an IP address.");
            }
        }
        return new EndpointsDocument.Endpoint(address, (int) in.number("port", 1, 65535));
    }

    static ConfigDocument config(FieldReader in) {
        ConfigDocument document = new ConfigDocument(
                in.requiredObject("route", ConfigFields::route),
                in.number("sequence", 0, Long.MAX_VALUE),
                in.optionalText("hash", null),
                in.objects("listeners", ConfigFields::listener),
                in.objects("rules", ConfigFields::rule),
                in.objects("backends", ConfigFields::backend),
                in.object("connectionPool", ConfigFields::connectionPool),
                in.object("timeouts", ConfigFields::timeouts),
                in.object("limits", ConfigFields::limits),
                in.object("trustedProxies", ConfigFields::trustedProxies),
                in.object("drain", ConfigFields::drain),
                in.object("telemetry", ConfigFields::telemetry));
        ReferenceChecks.check(document, in);
        return document.hash() == null ? document.withHash(ConfigHash.of(document)) : document;
    }

    private static RouteRef route(FieldReader in) {
        return new RouteRef(in.text("namespace"), in.text("name"), in.text("uid"));
    }

    private static Listener listener(FieldReader in) {
        String name = in.text("name");
        int port = (int) in.number("port", 0, 65535);
        List<String> hostnames = in.texts("hostnames");
        for (int i = 0; i < hostnames.size(); i++) {
            String hostname = hostnames.get(i);
            if (hostname.length() > 253 || !HOSTNAME.matcher(hostname).matches()) {
                in.error(
                        "hostnames[" + i + "]",
                        "is \"" + hostname + "\", but must be a DNS name such as www.example.com or *.example.com.");
            }
        }
        return new Listener(name, port, hostnames);
    }

    private static Rule rule(FieldReader in) {
        return new Rule(
                in.text("name"),
                in.objects("matches", ConfigFields::match),
                in.objects("filters", ConfigFields::filter),
                in.objects("backendRefs", ConfigFields::backendRef),
                in.object(
                        "timeouts",
                        t -> new RuleTimeouts(t.duration("request", null), t.duration("backendRequest", null))),
                in.object("retry", r -> r.present() ? retry(r) : null));
    }

    private static Match match(FieldReader in) {
        PathMatch path = in.object("path", p -> p.present() ? pathMatch(p) : null);
        String method = in.optionalText("method", null);
        if (method != null && !TOKEN.matcher(method).matches()) {
            in.error("method", "is \"" + method + "\", but must be a method such as GET.");
        }
        return new Match(
                path,
                method,
                in.objects("headers", header -> valueMatch(header, true)),
                in.objects("queryParams", parameter -> valueMatch(parameter, false)));
    }

    private static PathMatch pathMatch(FieldReader in) {
        MatchType type = in.choice("type", MatchType.class, EnumSet.allOf(MatchType.class));
        String value = in.text("value");
        if (type == MatchType.RegularExpression) {
            checkExpression(in, value);
        } else if (type != null && value != null) {
            String fault = PathValues.fault(type, value);
            if (fault != null) {
                in.error("value", "is \"" + value + "\", but " + fault + ".");
            }
        }
        return new PathMatch(type, value);
    }

    private static ValueMatch valueMatch(FieldReader in, boolean header) {
        MatchType type = in.choice("type", MatchType.class, EnumSet.of(MatchType.Exact, MatchType.RegularExpression));
        String name = header ? headerName(in) : in.text("name");
        String value = in.optionalText("value", "");
        if (type == MatchType.RegularExpression) {
            checkExpression(in, value);
        } else if (header && !HEADER_VALUE.matcher(value).matches()) {
            in.error(
                    "value",
                    "is \"" + value
                            + "\", but no header can have this value: it must consist of visible characters, with"
                            + " blanks only between them.");
        }
        if (header && name != null && NEVER_MATCHED.contains(name.toLowerCase(Locale.ROOT))) {
            in.error("name", "is \"" + name + "\", but the proxy removes this header before it matches rules.");
        }
        return new ValueMatch(type, name, value);
    }

    private static void checkExpression(FieldReader in, String expression) {
        if (expression == null) {
            return;
        }
        String excess = ExpressionSize.excess(expression);
        if (excess != null) {
            in.error("value", "is \"" + expression + "\", which " + excess + ".");
        } else {
            try {
                com.google.re2j.Pattern.compile(expression);
            } catch (PatternSyntaxException e) {
                in.error(
                        "value",
                        "is \"" + expression + "\", but must be an RE2 regular expression: " + e.getDescription()
                                + ".");
            }
        }
    }

    private static RuleFilter filter(FieldReader in) {
        String type = in.text("type");
        return switch (type) {
            case null -> null;
            case "RequestHeaderModifier" -> new RuleFilter.RequestHeaders(edits(in));
            case "ResponseHeaderModifier" -> new RuleFilter.ResponseHeaders(edits(in));
            case "Custom" -> custom(in);
            default -> {
                in.error(
                        "type",
                        "is \"" + type
                                + "\", but must be one of RequestHeaderModifier, ResponseHeaderModifier, Custom.");
                in.ignoreRest();
                yield null;
            }
        };
    }

    private static RuleFilter.HeaderEdits edits(FieldReader in) {
        return in.requiredObject("edits", edits -> {
            List<RuleFilter.Header> set = edits.objects("set", header -> header(header, true));
            List<RuleFilter.Header> add = edits.objects("add", header -> header(header, false));
            List<String> remove = edits.texts("remove");
            Set<String> names = new HashSet<>();
            for (int i = 0; i < set.size(); i++) {
                String name = set.get(i).name();
                if (name != null && !names.add(name.toLowerCase(Locale.ROOT))) {
                    edits.error(
                            "set[" + i + "].name",
                            "is \"" + name + "\", but this header is already set; set each header once.");
                }
            }
            for (int i = 0; i < remove.size(); i++) {
                checkEditable(edits, "remove[" + i + "]", remove.get(i), false);
            }
            return new RuleFilter.HeaderEdits(set, add, remove);
        });
    }

    private static RuleFilter.Header header(FieldReader in, boolean set) {
        String name = in.text("name");
        if (name != null) {
            checkEditable(in, "name", name, set);
        }
        String value = in.optionalText("value", "");
        if (value != null && !HEADER_VALUE.matcher(value).matches()) {
            in.error("value", "must consist of visible characters, with spaces or tabs only between them.");
        }
        return new RuleFilter.Header(name, value);
    }

    private static String headerName(FieldReader in) {
        String name = in.text("name");
        if (name != null && !TOKEN.matcher(name).matches()) {
            in.error("name", "is \"" + name + "\", but must be a header name such as x-request-id.");
        }
        return name;
    }

    private static void checkEditable(FieldReader in, String field, String name, boolean set) {
        if (!TOKEN.matcher(name).matches()) {
            in.error(field, "is \"" + name + "\", but must be a header name such as x-request-id.");
        } else if (FRAMING.contains(name.toLowerCase(Locale.ROOT))) {
            in.error(field, "is \"" + name + "\", but filters must not edit this header: the proxy sets it.");
        } else if (!set && name.equalsIgnoreCase("host")) {
            in.error(field, "is \"" + name + "\", but this header can only be set: every request has exactly one.");
        }
    }

    private static RuleFilter custom(FieldReader in) {
        String name = in.text("name");
        String className = in.text("className");
        if (className != null && !CLASS_NAME.matcher(className).matches()) {
            in.error("className", "is \"" + className + "\", but must be a class name such as com.example.MyFilter.");
        }
        return new RuleFilter.Custom(name, className, in.textMap("config"));
    }

    private static BackendRef backendRef(FieldReader in) {
        return new BackendRef(in.optionalText("backend", null), (int) in.number("weight", 0, 1_000_000, 1));
    }

    private static Retry retry(FieldReader in) {
        return new Retry(
                (int) in.number("attempts", 0, 100),
                in.numbers("codes", 400, 599),
                in.duration("backoff", Duration.ofMillis(25)),
                (int) in.number("budgetPercent", 0, 100, 20));
    }

    private static Backend backend(FieldReader in) {
        return new Backend(
                in.text("id"), in.text("host"), (int) in.number("port", 1, 65535), in.flag("endpoints", false));
    }

    private static ConnectionPool connectionPool(FieldReader in) {
        ConnectionPool absent = ConnectionPool.DEFAULT;
        int maxConnections = (int) in.number("maxConnections", 1, 1_000_000, absent.maxConnections());
        int perBackend = (int) in.number(
                "maxConnectionsPerBackend", 1, 1_000_000, Math.min(maxConnections, absent.maxConnectionsPerBackend()));
        if (perBackend > maxConnections) {
            in.error(
                    "maxConnectionsPerBackend",
                    "is " + perBackend + ", but must be at most maxConnections, which is " + maxConnections + ".");
        }
        return new ConnectionPool(
                maxConnections,
                perBackend,
                (int) in.number("maxPendingAcquires", 0, 1_000_000, absent.maxPendingAcquires()),
                in.duration("acquireTimeout", absent.acquireTimeout()),
                in.duration("connectTimeout", absent.connectTimeout()),
                in.duration("keepAlive", absent.keepAlive()),
                in.duration("maxLifetime", absent.maxLifetime()),
                in.duration("leakDetectionThreshold", absent.leakDetectionThreshold()),
                in.duration("abandonedTimeout", absent.abandonedTimeout()));
    }

    private static Timeouts timeouts(FieldReader in) {
        Timeouts absent = Timeouts.DEFAULT;
        return new Timeouts(
                in.duration("request", absent.request()),
                in.duration("backendRequest", absent.backendRequest()),
                in.duration("idle", absent.idle()),
                in.duration("clientIdle", absent.clientIdle()),
                in.duration("requestHeaders", absent.requestHeaders()),
                in.duration("maxStreamDuration", absent.maxStreamDuration()));
    }

    private static Limits limits(FieldReader in) {
        Limits absent = Limits.DEFAULT;
        return new Limits(
                (int) in.number("requestLineBytes", 256, 64 << 10, absent.requestLineBytes()),
                (int) in.number("headerBytes", 1 << 10, 256 << 10, absent.headerBytes()),
                (int) in.number("headerLines", 1, 1000, absent.headerLines()),
                in.number("bodyBytes", 0, Long.MAX_VALUE, absent.bodyBytes()),
                (int) in.number("loopPasses", 1, 10, absent.loopPasses()),
                (int) in.number("requestsPerClient", 0, 1_000_000, absent.requestsPerClient()));
    }

    private static TrustedProxies trustedProxies(FieldReader in) {
        int hops = (int) in.number("hops", 0, 16, 0);
        List<String> cidrs = in.texts("cidrs");
        if (hops > 0 && !cidrs.isEmpty()) {
            in.error("hops", "is " + hops + " while cidrs is set, but only one of them may be set.");
        }
        for (int i = 0; i < cidrs.size(); i++) {
            try {
                AddressRange.parse(cidrs.get(i));
            } catch (IllegalArgumentException e) {
                in.error("cidrs[" + i + "]", "is \"" + cidrs.get(i) + "\", but must be a range such as 10.0.0.0/8.");
            }
        }
        return new TrustedProxies(hops, cidrs);
    }

    private static Drain drain(FieldReader in) {
        return new Drain(in.duration("delay", Drain.DEFAULT.delay()), in.duration("timeout", Drain.DEFAULT.timeout()));
    }

    private static Telemetry telemetry(FieldReader in) {
        boolean accessLog = in.flag("accessLog", Telemetry.DEFAULT.accessLog());
        Duration interval = in.duration("liveSetInterval", Telemetry.DEFAULT.liveSetInterval());
        if (interval != null && !interval.isZero() && interval.compareTo(SHORTEST_LIVE_SET_INTERVAL) < 0) {
            in.error(
                    "liveSetInterval",
                    "is \"" + interval + "\", but must be PT0S to disable the measurement, or at least "
                            + SHORTEST_LIVE_SET_INTERVAL + ": each measurement is a full collection.");
        }
        return new Telemetry(accessLog, interval);
    }
}

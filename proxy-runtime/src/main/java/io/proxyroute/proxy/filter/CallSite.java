package io.proxyroute.proxy.filter;

import java.lang.StackWalker.StackFrame;
import java.util.regex.Pattern;

/** Finds the line of a filter that called the proxy. Stateless; called on the filter's thread. */
final class CallSite {

    private static final StackWalker WALKER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    /** How javac names the method of a lambda. The report shows the enclosing method instead. */
    private static final Pattern LAMBDA = Pattern.compile("lambda\\$(.+)\\$\\d+");

    private CallSite() {}

    /**
     * The innermost frame of the current thread whose class this loader has defined.
     *
     * @return {@code package.Class.method(File.java:line)}, or {@code unknown}
     */
    static String of(ClassLoader loader) {
        return WALKER.walk(frames -> frames.filter(
                                frame -> frame.getDeclaringClass().getClassLoader() == loader)
                        .findFirst())
                .map(CallSite::format)
                .orElse("unknown");
    }

    private static String format(StackFrame frame) {
        String method = LAMBDA.matcher(frame.getMethodName()).replaceFirst("$1");
        return frame.getClassName() + "." + method + "(" + frame.getFileName() + ":" + frame.getLineNumber() + ")";
    }
}

package io.proxyroute.proxy.filter;

import java.lang.StackWalker.StackFrame;
import java.util.regex.Pattern;

/** Finds the line of a filter that called into the proxy. */
final class CallSite {

    private static final StackWalker WALKER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    /** What javac calls the method of a lambda; the method around it is what a reader looks for. */
    private static final Pattern LAMBDA = Pattern.compile("lambda\\$(.+)\\$\\d+");

    private CallSite() {}

    /**
     * The innermost frame of the current thread whose class the loader has defined.
     *
     * @return {@code package.Class.method(File.java:line)}
     */
    static String of(ClassLoader loader) {
        return WALKER.walk(frames -> frames.filter(
                                frame -> frame.getDeclaringClass().getClassLoader() == loader)
                        .findFirst())
                .map(CallSite::text)
                .orElse("unknown");
    }

    private static String text(StackFrame frame) {
        String method = LAMBDA.matcher(frame.getMethodName()).replaceFirst("$1");
        return frame.getClassName() + "." + method + "(" + frame.getFileName() + ":" + frame.getLineNumber() + ")";
    }
}

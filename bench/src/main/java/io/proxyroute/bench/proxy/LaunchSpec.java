package io.proxyroute.bench.proxy;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How to start a proxy.
 *
 * @param command the program and its arguments
 * @param environment added to this process's own
 * @param url where it takes requests
 * @param ready answers 200 when it serves
 * @param accessLog the log's file
 */
record LaunchSpec(List<String> command, Map<String, String> environment, URI url, URI ready, Path accessLog) {}

package io.proxyroute.proxy.http;

import io.proxyroute.proxy.routing.Hostnames;

/**
 * What a listening socket serves under one document.
 *
 * @param name name of the listener
 * @param port its port, as text
 * @param hostnames hostnames that the listener serves
 */
record ListenerConfig(String name, String port, Hostnames hostnames) {}

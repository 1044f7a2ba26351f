package io.proxyroute.proxy.filter;

import io.proxyroute.filter.RequestHead;

/** A request's head, copied for one call. */
record CallRequestHead(String method, String target, FilterHeaders headers) implements RequestHead {}

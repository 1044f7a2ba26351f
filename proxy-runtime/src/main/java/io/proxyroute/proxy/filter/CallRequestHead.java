package io.proxyroute.proxy.filter;

import io.proxyroute.filter.RequestHead;

/**
 * The copy of a request's head that one call reads and edits.
 *
 * @param headers edited by the filter until its call returns
 */
record CallRequestHead(String method, String target, FilterHeaders headers) implements RequestHead {}

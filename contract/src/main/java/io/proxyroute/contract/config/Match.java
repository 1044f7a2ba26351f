package io.proxyroute.contract.config;

import java.util.List;

/**
 * A condition on a request. All parts that are set must match.
 *
 * @param path null matches any path
 * @param method null matches any method
 * @param headers all of them must match
 * @param queryParams all of them must match
 */
public record Match(PathMatch path, String method, List<ValueMatch> headers, List<ValueMatch> queryParams) {

    public Match {
        headers = headers == null ? List.of() : List.copyOf(headers);
        queryParams = queryParams == null ? List.of() : List.copyOf(queryParams);
    }
}

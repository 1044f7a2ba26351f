package io.proxyroute.contract.admin;

import io.proxyroute.contract.config.ConfigError;
import java.util.List;

/**
 * Response to a document that the proxy rejected. The proxy keeps serving the previous one.
 *
 * @param errors all errors found
 */
public record Rejected(List<ConfigError> errors) {}

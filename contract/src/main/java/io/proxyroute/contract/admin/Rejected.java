package io.proxyroute.contract.admin;

import io.proxyroute.contract.config.ConfigError;
import java.util.List;

/**
 * Why a document was refused; the one served before goes on.
 *
 * @param errors every error found
 */
public record Rejected(List<ConfigError> errors) {}

package io.proxyroute.operator.compile;

/**
 * Settings of the operator's installation that affect every workload.
 *
 * @param proxyImage image of proxies whose route does not set one
 * @param operatorNamespace namespace from which admin ports may be called
 * @param policy what routes may ask for
 */
public record OperatorEnvironment(String proxyImage, String operatorNamespace, InstallationPolicy policy) {}

package io.proxyroute.operator.compile;

/**
 * What the operator's own installation contributes to every workload.
 *
 * @param proxyImage the proxy's image where a route names none
 * @param operatorNamespace from where admin ports may be called
 */
public record OperatorEnvironment(String proxyImage, String operatorNamespace) {}

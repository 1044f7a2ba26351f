package io.proxyroute.contract.admin;

/**
 * The URIs by which operator and proxies identify each other. They are subject alternative names of the certificates;
 * each side verifies the peer's URI and not its address.
 */
public final class Identity {

    /** The operator, the only client that a proxy's admin port accepts. */
    public static final String OPERATOR = "urn:proxyroute:operator";

    private Identity() {}

    /** The proxies of one route. */
    public static String ofRoute(String routeUid) {
        return "urn:proxyroute:route:" + routeUid;
    }
}

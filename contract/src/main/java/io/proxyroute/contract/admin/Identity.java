package io.proxyroute.contract.admin;

/**
 * Names in certificates: URIs among the subject alternative names. Each side checks the other's name, not its address.
 */
public final class Identity {

    /** The operator's name, the only one that a proxy's admin port accepts. */
    public static final String OPERATOR = "urn:proxyroute:operator";

    private Identity() {}

    /** The name of the proxies of one route. */
    public static String ofRoute(String routeUid) {
        return "urn:proxyroute:route:" + routeUid;
    }
}

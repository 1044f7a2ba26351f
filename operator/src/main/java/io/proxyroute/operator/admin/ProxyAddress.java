package io.proxyroute.operator.admin;

import java.net.InetAddress;

/**
 * Where one proxy process answers, and who it must prove to be.
 *
 * @param routeUid the route that its certificate must name
 * @param podName for messages
 * @param podUid identifies the pod
 * @param incarnation changes whenever the process in the pod is another one, so that nothing told to its predecessor is
 *     taken for granted
 * @param ip the pod's address
 */
public record ProxyAddress(String routeUid, String podName, String podUid, String incarnation, String ip) {

    /** The address as the authority part of a URI has it. */
    String host() {
        return ip.indexOf(':') < 0 ? ip : "[" + InetAddress.ofLiteral(ip).getHostAddress() + "]";
    }
}

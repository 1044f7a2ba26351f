package io.proxyroute.operator.admin;

import java.net.InetAddress;

/**
 * Address and identity of one proxy process.
 *
 * @param routeUid UID of the route that its certificate must name
 * @param podName for messages
 * @param podUid identifies the pod
 * @param incarnation changes with each new process in the pod, which knows nothing that was sent to its predecessor
 * @param ip address of the pod
 */
public record ProxyAddress(String routeUid, String podName, String podUid, String incarnation, String ip) {

    /** The address as the host of a URI. */
    String host() {
        return ip.indexOf(':') < 0 ? ip : "[" + InetAddress.ofLiteral(ip).getHostAddress() + "]";
    }
}

package io.proxyroute.operator.admin;

import java.net.InetAddress;

/**
 * Address and identity of one proxy process.
 *
 * @param routeUid UID of the route that its certificate must name
 * @param podName the pod's name, for messages
 * @param podUid identifies the pod
 * @param processId changes with each new process in the pod, which has none of its predecessor's configuration
 * @param ip address of the pod
 */
public record ProxyAddress(String routeUid, String podName, String podUid, String processId, String ip) {

    /** The address as the host of a URI. */
    String host() {
        return ip.indexOf(':') < 0 ? ip : "[" + InetAddress.ofLiteral(ip).getHostAddress() + "]";
    }
}

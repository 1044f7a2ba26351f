package io.proxyroute.proxy.pool;

import io.proxyroute.contract.config.EndpointsDocument.Endpoint;

/**
 * What an acquire needs.
 *
 * @param fresh whether it must be a new link
 * @param avoided the endpoint that has just failed the request, not used unless it is the only one; null if none has
 * @param uploading whether the request is still arriving: such leases are limited to half of the backend's links, until
 *     {@link Lease#requestComplete}
 * @param served whether the client's connection has completed a request before; if the queue is full, such an acquire takes
 *     the place of one whose client has not
 */
public record AcquireOptions(boolean fresh, Endpoint avoided, boolean uploading, boolean served) {

    /** Any link, used or new. */
    public static final AcquireOptions ANY = new AcquireOptions(false, null, false, false);
}

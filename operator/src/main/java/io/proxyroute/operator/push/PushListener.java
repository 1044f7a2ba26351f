package io.proxyroute.operator.push;

import io.proxyroute.operator.admin.ProxyAddress;
import java.time.Duration;

/** Is notified of pushes, on the pusher's virtual threads. Must not block. */
public interface PushListener {

    /** The acknowledgement of one of the route's proxies has changed. */
    void changed(String routeUid);

    /** A push is complete. */
    void pushed(ProxyAddress proxy, Acknowledgement result, Duration took);
}

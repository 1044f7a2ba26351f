package io.proxyroute.operator.push;

import io.proxyroute.operator.admin.ProxyAddress;
import java.time.Duration;

/** Hears of pushes, on the pusher's virtual threads; must not block. */
public interface PushListener {

    /** An acknowledgement of one of the route's proxies differs from the one before. */
    void changed(String routeUid);

    /** A push ended. */
    void pushed(ProxyAddress proxy, Acknowledgement result, Duration took);
}

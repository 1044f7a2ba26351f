package io.proxyroute.proxy.pool;

import io.netty.channel.EventLoop;
import io.proxyroute.proxy.loop.DeadlineWheel;

/**
 * What the pools of all backends share on one event loop.
 *
 * @param number number of the loop, from 0
 * @param capacity shared by all loops
 * @param permits shared by all loops
 */
record PoolLoop(
        int number,
        EventLoop loop,
        DeadlineWheel wheel,
        Capacity capacity,
        PermitWatch permits,
        LoopConnector connector,
        IdleLinks idle,
        LeaseWatch leases) {}

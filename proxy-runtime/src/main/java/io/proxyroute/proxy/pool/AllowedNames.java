package io.proxyroute.proxy.pool;

import io.netty.resolver.InetNameResolver;
import io.netty.resolver.NameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.Function;

/** Resolves names without the addresses that hosts outside the cluster must not have. Confined to one event loop. */
final class AllowedNames extends InetNameResolver {

    private final NameResolver<InetAddress> names;
    private final DeniedAddresses denied;

    /** @param names closed with this one */
    AllowedNames(EventExecutor loop, NameResolver<InetAddress> names, DeniedAddresses denied) {
        super(loop);
        this.names = names;
        this.denied = denied;
    }

    @Override
    protected void doResolve(String name, Promise<InetAddress> promise) {
        resolveAllowed(name, promise, List::getFirst);
    }

    @Override
    protected void doResolveAll(String name, Promise<List<InetAddress>> promise) {
        resolveAllowed(name, promise, allowed -> allowed);
    }

    private <T> void resolveAllowed(String name, Promise<T> promise, Function<List<InetAddress>, T> result) {
        names.resolveAll(name).addListener((Future<List<InetAddress>> answer) -> {
            if (!answer.isSuccess()) {
                promise.tryFailure(answer.cause());
                return;
            }
            List<InetAddress> all = answer.getNow();
            List<InetAddress> allowed = DeniedAddresses.isAbsolute(name)
                    ? all.stream().filter(address -> !denied.contains(address)).toList()
                    : all;
            if (allowed.isEmpty()) {
                promise.tryFailure(
                        new UnknownHostException("%s has the addresses %s, which this installation denies to backends"
                                .formatted(
                                        name,
                                        all.stream()
                                                .map(InetAddress::getHostAddress)
                                                .toList())));
            } else {
                promise.trySuccess(result.apply(allowed));
            }
        });
    }

    @Override
    public void close() {
        names.close();
    }
}

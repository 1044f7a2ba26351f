package io.proxyroute.proxy.overload;

/**
 * How much the proxy may use, derived once from the limits of its process.
 *
 * @param heldBytes bytes that client connections may hold
 * @param clientConnections client connections
 * @param backendConnections connections to backends
 * @param descriptors open descriptors
 */
public record ResourceLimits(long heldBytes, int clientConnections, int backendConnections, int descriptors) {

    /** Descriptors that stay free for probes, scrapes, files and the operator. */
    public static final int FREE_DESCRIPTORS = 64;

    /** No limits. */
    public static final ResourceLimits NONE =
            new ResourceLimits(Long.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);

    /** The allocator needs about as much again for partly used chunks, and backend connections have buffers too. */
    private static final int SHARE_OF_DIRECT_MEMORY = 2;

    private static final int SHARE_OF_HEAP = 2;
    /** Heap that an idle connection takes, rounded up. */
    private static final int HEAP_PER_CONNECTION = 8 << 10;

    private static final int BACKEND_SHARE_OF_DESCRIPTORS = 4;

    /**
     * Derives the limits.
     *
     * @param maxDirectBytes Netty's limit of direct memory
     * @param maxHeapBytes the maximum heap size
     * @param maxDescriptors RLIMIT_NOFILE
     * @param openDescriptors descriptors that the process has open already
     */
    public static ResourceLimits of(long maxDirectBytes, long maxHeapBytes, long maxDescriptors, long openDescriptors) {
        long usable = Math.max(2, maxDescriptors - FREE_DESCRIPTORS - openDescriptors);
        long backends = Math.max(1, usable / BACKEND_SHARE_OF_DESCRIPTORS);
        long clients = Math.min(usable - backends, maxHeapBytes / SHARE_OF_HEAP / HEAP_PER_CONNECTION);
        return new ResourceLimits(
                maxDirectBytes / SHARE_OF_DIRECT_MEMORY,
                clamp(clients),
                clamp(backends),
                clamp(maxDescriptors - FREE_DESCRIPTORS));
    }

    private static int clamp(long value) {
        return Math.clamp(value, 1, Integer.MAX_VALUE);
    }
}

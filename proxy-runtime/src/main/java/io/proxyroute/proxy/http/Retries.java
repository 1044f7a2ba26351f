package io.proxyroute.proxy.http;

import io.proxyroute.contract.config.Retry;
import io.proxyroute.contract.telemetry.LedgerSummary.ResourceKind;
import io.proxyroute.proxy.ledger.ExchangeRecord;
import io.proxyroute.proxy.ledger.Releasable;
import io.proxyroute.proxy.loop.Deadline;
import io.proxyroute.proxy.routing.RouteRule;

/**
 * The retries of one exchange under its rule's policy. Created when a retry is first considered; owned by the record.
 */
final class Retries extends Deadline implements Releasable {

    private static final Retries NONE = new Retries(null, null);

    /** The deadline of the request bounds them too; it may be infinite. */
    private static final int MAX_CONNECT_RETRIES = 10;

    private final Retry policy;
    private final LoopContext context;
    private int retryCount;
    private int connectRetries;
    private boolean countsAgainstBudget;
    private Runnable onDue;

    private Retries(Retry policy, LoopContext context) {
        this.policy = policy;
        this.context = context;
    }

    static Retries of(RouteRule rule, LoopContext context, ExchangeRecord record) {
        if (rule.retry() == null) {
            return NONE;
        }
        Retries retries = new Retries(rule.retry(), context);
        record.track(ResourceKind.CLOSEABLE, null, retries);
        return retries;
    }

    /** Whether the policy retries a response of this status. */
    boolean retriesStatus(int status) {
        return policy != null && policy.codes().contains(status);
    }

    /**
     * Schedules one more attempt after a pause.
     *
     * @param nothingSent whether the last attempt got no connection: then this one does not count against the policy's
     *     attempts
     * @param onDue called after the pause
     * @return false if no retry is left, or the budget allows none now
     */
    boolean schedule(boolean nothingSent, Runnable onDue) {
        if (policy == null
                || policy.attempts() == 0
                || (nothingSent ? connectRetries >= MAX_CONNECT_RETRIES : retryCount >= policy.attempts())) {
            return false;
        }
        if (!countsAgainstBudget) {
            if (!context.retryAllowed(policy.budgetPercent())) {
                return false;
            }
            countsAgainstBudget = true;
            context.retrying++;
        }
        long pause = policy.backoff().toNanos() << Math.min(retryCount + connectRetries, 16);
        if (nothingSent) {
            connectRetries++;
        } else {
            retryCount++;
        }
        this.onDue = onDue;
        // With jitter, so that requests that failed together are not retried together.
        context.wheel.armIn(this, pause / 2 + (pause > 1 ? context.random.nextLong(pause / 2 + 1) : 0));
        return true;
    }

    @Override
    protected void onExpired() {
        onDue.run();
    }

    @Override
    public void release() {
        cancel();
        if (countsAgainstBudget) {
            countsAgainstBudget = false;
            context.retrying--;
        }
    }
}

package io.proxyroute.proxy.filter;

import io.proxyroute.filter.FilterContext;
import io.proxyroute.filter.FilterResult;

/**
 * One call of a filter for one exchange. Started on the exchange's loop, runs on its own virtual thread, and reports its
 * outcome on the loop. Keeps the filter's instance in use until then.
 */
final class FilterCall implements FilterTask.Work {

    private final ExchangeScope scope;
    private final FilterStep step;
    private final CallRequestHead head;
    private final CallBody body;
    private final Listener listener;
    private final CallContext context;
    private final FilterTask task;

    /** Written by the call's thread; read on the loop once that thread is done. */
    private volatile CallOutcome outcome = new CallOutcome.Failed();

    /** Receives the outcome. */
    interface Listener {

        /** The call has ended, possibly after its exchange. Called once, on the loop. */
        void completed(CallOutcome outcome);
    }

    FilterCall(ExchangeScope scope, FilterStep step, CallRequestHead head, CallBody body, Listener listener) {
        this.scope = scope;
        this.step = step;
        this.head = head;
        this.body = body;
        this.listener = listener;
        this.context = new CallContext(scope, step, head, body);
        this.task = new FilterTask(
                scope.tasks(),
                scope.loop(),
                "filter " + step.name(),
                step.instance().loader(),
                this);
    }

    /** Starts the call. Called on the loop, once. */
    void start() {
        step.instance().retain();
        task.setLedgerEntry(scope.record().trackCall(step.name(), task));
        scope.taskStarted();
        task.start();
    }

    @Override
    public void run() {
        ScopedValue.where(FilterContext.CURRENT, context).run(this::call);
    }

    private void call() {
        try {
            FilterResult result = scope.hasEnded()
                    ? FilterResult.NEXT
                    : step.instance().filter().handle(context);
            body.seal();
            outcome = CallOutcome.of(result, head.headers().seal());
        } catch (Throwable t) {
            if (!scope.hasEnded()) {
                scope.services().failures().log(step, scope.details().traceId(), t);
            }
        }
    }

    @Override
    public void endQueued() {}

    @Override
    public void ended() {
        step.instance().release();
        scope.taskEnded();
        listener.completed(outcome);
    }
}

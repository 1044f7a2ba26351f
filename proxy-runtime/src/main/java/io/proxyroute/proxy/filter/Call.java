package io.proxyroute.proxy.filter;

import io.proxyroute.filter.FilterContext;
import io.proxyroute.filter.FilterResult;

/** One filter's work on one exchange, on a virtual thread of its own. */
final class Call implements Task.Work {

    private final ChainRun run;
    private final Chain.Step step;
    private final CallRequestHead head;
    private final CallBody body;
    private final CallContext context;
    private final Task task;

    /** Written by the call's thread, read by the loop after it has ended. */
    private volatile Outcome outcome = new Outcome.Failed();

    Call(ChainRun run, Chain.Step step, CallRequestHead head, CallBody body) {
        this.run = run;
        this.step = step;
        this.head = head;
        this.body = body;
        this.context = new CallContext(run, step, head, body);
        this.task = new Task(
                run.tasks(),
                run.loop(),
                "filter " + step.name(),
                step.instance().loader(),
                this);
    }

    /** Starts it. Called on the loop. */
    void start() {
        step.instance().retain();
        task.enteredAs(run.record().call(step.name(), task));
        run.taskBegan();
        task.start();
    }

    @Override
    public void run() {
        ScopedValue.where(FilterContext.CURRENT, context).run(this::work);
    }

    private void work() {
        try {
            FilterResult result =
                    run.over() ? FilterResult.NEXT : step.instance().filter().handle(context);
            body.seal();
            outcome = Outcome.of(result, head.headers().seal());
        } catch (Throwable t) {
            if (!run.over()) {
                run.runtime().failures().log(step, run.facts().traceId(), t);
            }
        }
    }

    @Override
    public void told() {}

    @Override
    public void ended() {
        step.instance().release();
        run.taskEnded();
        run.outcome(outcome);
    }
}

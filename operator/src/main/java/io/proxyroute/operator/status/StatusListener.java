package io.proxyroute.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;

/** Hears how routes stand and what users are told, on the threads of whoever finds out; must not block. */
public interface StatusListener {

    /** The conditions of a route as they are now. */
    void conditions(String routeUid, List<Condition> conditions);

    /** The route is gone. */
    void gone(String routeUid);

    /** @param reason name of a {@link Reason} */
    void event(EventRecorder.Type type, String reason);
}

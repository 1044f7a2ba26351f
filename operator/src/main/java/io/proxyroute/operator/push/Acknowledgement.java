package io.proxyroute.operator.push;

import io.proxyroute.contract.admin.Applied;
import io.proxyroute.contract.config.ConfigError;
import java.util.List;

/** Result of the last push to a proxy. */
public sealed interface Acknowledgement {

    /** The proxy serves what it reports. */
    record Accepted(Applied applied) implements Acknowledgement {}

    /**
     * The proxy rejects the document and keeps its last one. It still gets the endpoints of backends.
     *
     * @param hash hash of the rejected document
     * @param sequence its sequence number
     * @param errors errors in the document, at most 20
     * @param serving what it keeps serving; null until known
     */
    record Rejected(String hash, long sequence, List<ConfigError> errors, Applied serving) implements Acknowledgement {}

    /**
     * The proxy has a document with a higher sequence number, or another one with the same: another operator was active, or
     * the numbers were lost. It is pushed again when the target has a higher number.
     */
    record Superseded(Applied applied) implements Acknowledgement {}

    /**
     * The proxy did not respond, or another process did. The push is retried.
     *
     * @param reason without a full stop
     */
    record Unreachable(String reason) implements Acknowledgement {}
}

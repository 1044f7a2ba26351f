package io.proxyroute.operator.push;

import io.proxyroute.contract.admin.Applied;
import io.proxyroute.contract.config.ConfigError;
import java.util.List;

/** What came of the last push to a proxy. */
public sealed interface Acknowledgement {

    /** The proxy serves what it says here. */
    record Accepted(Applied applied) implements Acknowledgement {}

    /**
     * The proxy refuses the document and goes on with what it had. It is sent the addresses of backends all the same.
     *
     * @param hash of the document refused
     * @param errors why
     * @param serving what it goes on with; null until it has told
     */
    record Refused(String hash, List<ConfigError> errors, Applied serving) implements Acknowledgement {}

    /**
     * The proxy has a document of a higher sequence, or another one of the same: another operator was there, or the
     * numbers were lost. It is pushed again when the target has a higher one.
     */
    record Superseded(Applied applied) implements Acknowledgement {}

    /**
     * Nobody answered, or somebody else. It is tried again.
     *
     * @param reason one sentence
     */
    record Unreachable(String reason) implements Acknowledgement {}
}

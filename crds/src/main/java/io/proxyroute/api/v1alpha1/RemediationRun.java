package io.proxyroute.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** One run of remediation: lock, journal and record. Written by the operator only. */
@Group("proxyroute.io")
@Version("v1alpha1")
@ShortNames("rrun")
@AdditionalPrinterColumn(
        name = "Route",
        jsonPath = ".spec.routeRef.name",
        getDescription = "The route that the pod serves.")
@AdditionalPrinterColumn(name = "Pod", jsonPath = ".spec.podName", getDescription = "The pod with the finding.")
@AdditionalPrinterColumn(name = "Cause", jsonPath = ".spec.cause.kind", getDescription = "What was found.")
@AdditionalPrinterColumn(name = "Phase", jsonPath = ".status.phase", getDescription = "Phase of the run.")
@AdditionalPrinterColumn(name = "Outcome", jsonPath = ".status.outcome", getDescription = "Result of the run.")
@AdditionalPrinterColumn(
        name = "Replacement",
        jsonPath = ".status.replacement.podName",
        priority = 1,
        getDescription = "The pod that took over.")
@AdditionalPrinterColumn(
        name = "Report",
        jsonPath = ".status.reportRef",
        priority = 1,
        getDescription = "Path of the report.")
@AdditionalPrinterColumn(
        name = "Message",
        jsonPath = ".status.message",
        priority = 1,
        getDescription = "What happens or happened.")
@AdditionalPrinterColumn(
        name = "Age",
        type = AdditionalPrinterColumn.Type.DATE,
        jsonPath = ".metadata.creationTimestamp",
        getDescription = "Time since it was created.")
public class RemediationRun extends CustomResource<RemediationRunSpec, RemediationRunStatus> implements Namespaced {

    private static final long serialVersionUID = 1L;

    @Override
    protected RemediationRunSpec initSpec() {
        return null;
    }

    @Override
    protected RemediationRunStatus initStatus() {
        return null;
    }
}

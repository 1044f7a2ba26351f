package io.proxyroute.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** A set of proxy pods and the requests they serve. */
@Group("proxyroute.io")
@Version("v1alpha1")
@ShortNames("pxr")
@AdditionalPrinterColumn(
        name = "Ready",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
        getDescription = "Whether the route is accepted, programmed and available.")
@AdditionalPrinterColumn(
        name = "Pods",
        type = AdditionalPrinterColumn.Type.INTEGER,
        jsonPath = ".status.readyReplicas",
        getDescription = "Number of ready pods.")
@AdditionalPrinterColumn(
        name = "Accepted",
        jsonPath = ".status.conditions[?(@.type==\"Accepted\")].status",
        getDescription = "Whether the spec is valid.")
@AdditionalPrinterColumn(
        name = "Programmed",
        jsonPath = ".status.conditions[?(@.type==\"Programmed\")].status",
        getDescription = "Whether every ready pod serves the current spec.")
@AdditionalPrinterColumn(
        name = "Healthy",
        jsonPath = ".status.conditions[?(@.type==\"Healthy\")].status",
        getDescription = "Whether no pod leaks or breaches a threshold.")
@AdditionalPrinterColumn(
        name = "Replicas",
        type = AdditionalPrinterColumn.Type.INTEGER,
        jsonPath = ".status.replicas",
        priority = 1,
        getDescription = "Number of pods.")
@AdditionalPrinterColumn(
        name = "Available",
        jsonPath = ".status.conditions[?(@.type==\"Available\")].status",
        priority = 1,
        getDescription = "Whether enough pods are ready.")
@AdditionalPrinterColumn(
        name = "Refs",
        jsonPath = ".status.conditions[?(@.type==\"ResolvedRefs\")].status",
        priority = 1,
        getDescription = "Whether every reference in the spec is resolved.")
@AdditionalPrinterColumn(
        name = "Scaling",
        jsonPath = ".spec.autoscaling.mode",
        priority = 1,
        getDescription = "How the number of pods is set.")
@AdditionalPrinterColumn(
        name = "Tuning",
        jsonPath = ".spec.tuning.mode",
        priority = 1,
        getDescription = "What the operator does with recommended pool settings.")
@AdditionalPrinterColumn(
        name = "Remediation-Mode",
        jsonPath = ".spec.remediation.mode",
        getDescription = "What the operator may do about a failing pod.")
@AdditionalPrinterColumn(
        name = "Remediation-Phase",
        jsonPath = ".status.remediation.phase",
        priority = 1,
        getDescription = "State of remediation.")
@AdditionalPrinterColumn(
        name = "Config",
        jsonPath = ".status.configHash",
        priority = 1,
        getDescription = "Hash of the current configuration.")
@AdditionalPrinterColumn(
        name = "Age",
        type = AdditionalPrinterColumn.Type.DATE,
        jsonPath = ".metadata.creationTimestamp",
        getDescription = "Time since creation.")
public class ProxyRoute extends CustomResource<ProxyRouteSpec, ProxyRouteStatus> implements Namespaced {

    private static final long serialVersionUID = 1L;

    @Override
    protected ProxyRouteSpec initSpec() {
        return null;
    }

    @Override
    protected ProxyRouteStatus initStatus() {
        return null;
    }
}

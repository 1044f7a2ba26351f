package io.proxyroute.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** Proxy pods and the requests that they serve. */
@Group("proxyroute.io")
@Version("v1alpha1")
@ShortNames("pxr")
@AdditionalPrinterColumn(
        name = "Accepted",
        jsonPath = ".status.conditions[?(@.type==\"Accepted\")].status",
        getDescription = "Whether the spec can be served.")
@AdditionalPrinterColumn(
        name = "Programmed",
        jsonPath = ".status.conditions[?(@.type==\"Programmed\")].status",
        getDescription = "Whether every ready pod serves the spec as it stands.")
@AdditionalPrinterColumn(
        name = "Healthy",
        jsonPath = ".status.conditions[?(@.type==\"Healthy\")].status",
        getDescription = "Whether no pod leaks or breaches a threshold.")
@AdditionalPrinterColumn(
        name = "Ready",
        type = AdditionalPrinterColumn.Type.INTEGER,
        jsonPath = ".status.readyReplicas",
        getDescription = "Ready pods.")
@AdditionalPrinterColumn(
        name = "Replicas",
        type = AdditionalPrinterColumn.Type.INTEGER,
        jsonPath = ".status.replicas",
        priority = 1,
        getDescription = "Pods that exist.")
@AdditionalPrinterColumn(
        name = "Available",
        jsonPath = ".status.conditions[?(@.type==\"Available\")].status",
        priority = 1,
        getDescription = "Whether enough pods are ready.")
@AdditionalPrinterColumn(
        name = "Refs",
        jsonPath = ".status.conditions[?(@.type==\"ResolvedRefs\")].status",
        priority = 1,
        getDescription = "Whether every Service and filter that the spec names was found.")
@AdditionalPrinterColumn(
        name = "Scaling",
        jsonPath = ".spec.autoscaling.mode",
        priority = 1,
        getDescription = "Who sets the number of pods.")
@AdditionalPrinterColumn(
        name = "Tuning",
        jsonPath = ".spec.tuning.mode",
        priority = 1,
        getDescription = "What becomes of measured pool settings.")
@AdditionalPrinterColumn(
        name = "Remediation",
        jsonPath = ".spec.remediation.mode",
        getDescription = "What the operator may do about a leaking pod.")
@AdditionalPrinterColumn(
        name = "Phase",
        jsonPath = ".status.remediation.phase",
        priority = 1,
        getDescription = "Where remediation stands.")
@AdditionalPrinterColumn(
        name = "Config",
        jsonPath = ".status.configHash",
        priority = 1,
        getDescription = "Hash of the current configuration.")
@AdditionalPrinterColumn(
        name = "Age",
        type = AdditionalPrinterColumn.Type.DATE,
        jsonPath = ".metadata.creationTimestamp",
        getDescription = "Time since it was created.")
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

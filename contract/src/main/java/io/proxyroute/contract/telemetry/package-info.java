/**
 * The telemetry of a proxy, mainly the {@link io.proxyroute.contract.telemetry.Snapshot} that the operator polls.
 * Records only; the name of each figure contains its unit.
 */
package io.proxyroute.contract.telemetry;

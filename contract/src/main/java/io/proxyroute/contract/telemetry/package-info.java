/**
 * What a proxy tells about itself: one {@link io.proxyroute.contract.telemetry.Snapshot} whenever it is asked. Records
 * only; every figure bears its unit in its name.
 */
package io.proxyroute.contract.telemetry;

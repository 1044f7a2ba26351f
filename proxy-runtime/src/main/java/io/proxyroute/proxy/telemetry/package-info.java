/**
 * Measurements of the process: meters, live set, memory, threads, rates of the last minute, access log. Imports the
 * contract, and the types through which the http, stream, ledger and loop packages report. Event loops only record, without
 * waiting or allocating; reading runs on the telemetry thread and on the threads of the admin and health ports.
 */
package io.proxyroute.proxy.telemetry;

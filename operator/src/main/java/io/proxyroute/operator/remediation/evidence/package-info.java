/**
 * Evidence of a run: diagnostics are collected from the pod's admin port, summarised for the status of the run, and kept
 * as a report that the operator serves. Failures leave gaps in the report and never stop a run. Called on the virtual
 * thread of a route's loop; reports are served on threads of their own.
 */
package io.proxyroute.operator.remediation.evidence;

/** Output of the commands: permanent lines, a panel redrawn in place, and steps with their duration. */
package io.proxyroute.e2e.terminal;

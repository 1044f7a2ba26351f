/** What a person sees of a command: lines that stay, a panel that is drawn anew, and steps with their time. */
package io.proxyroute.e2e.terminal;

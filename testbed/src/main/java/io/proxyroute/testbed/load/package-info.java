/**
 * An open-loop HTTP/1.1 load generator: requests leave at a constant rate whatever the answers do, none is ever tried
 * again, and each answer is checked byte by byte. Everything of a run happens on its one event loop.
 */
package io.proxyroute.testbed.load;

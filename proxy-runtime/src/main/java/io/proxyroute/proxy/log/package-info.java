/** What the process's own log leaves out, so that an attack does not fill it. Named in logback.xml. */
package io.proxyroute.proxy.log;

/** The filters of {@code leaks} without the leaks, with the same names and options. */
package io.proxyroute.examples.fixed;

/** The filters of {@code leaks} without their leaks, under the same names and with the same options. */
package io.proxyroute.examples.fixed;

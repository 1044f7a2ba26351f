/**
 * Example filters: {@code leaks} contains one mistake per class, {@code fixed} the corrected versions. This package contains
 * what they share. It depends only on the filter API and the JDK.
 */
package io.proxyroute.examples;

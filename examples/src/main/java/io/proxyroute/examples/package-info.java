/**
 * Custom filters as examples: {@code leaks} shows one mistake a class, {@code fixed} the same filter done right. Here
 * lies what they share. Imports nothing but the filter API and the JDK.
 */
package io.proxyroute.examples;

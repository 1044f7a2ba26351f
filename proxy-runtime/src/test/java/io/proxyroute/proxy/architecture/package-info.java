/** Rules about the code itself, read from bytecode: which package may use what, and which classes form knots. */
package io.proxyroute.proxy.architecture;

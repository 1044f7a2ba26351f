/** The admin protocol between operator and proxy: paths, message bodies and certificate names. Records only. */
package io.proxyroute.contract.admin;

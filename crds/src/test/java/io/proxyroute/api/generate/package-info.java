/** Generates the CRDs from the API types and checks the committed files. Runs in the build only. */
package io.proxyroute.api.generate;

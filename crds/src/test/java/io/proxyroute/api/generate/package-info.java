/** Writes the CRDs from the API types, and keeps the committed files true. Runs in the build only. */
package io.proxyroute.api.generate;

/** What the API server accepts and rejects, with the committed CRDs. */
package io.proxyroute.e2e.api;

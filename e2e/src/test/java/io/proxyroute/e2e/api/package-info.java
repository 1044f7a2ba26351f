/** What the API server takes and refuses, with the CRDs as they are committed. */
package io.proxyroute.e2e.api;

/**
 * Group {@code proxyroute.io}, version {@code v1alpha1}. The types are the source: bounds, defaults, descriptions and
 * CEL rules are on them, and the CRDs beside this module's pom are generated from them. A field that has a default is
 * never null here, as it never is in the API server; any other absent field is null, and an absent list or map is empty.
 * Imports nothing of ours; immutable but for the two root types, which Fabric8 wants mutable.
 */
package io.proxyroute.api.v1alpha1;

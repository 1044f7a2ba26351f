/**
 * The API group {@code proxyroute.io}, version {@code v1alpha1}. The CRDs beside this module's pom are generated from
 * these types and their bounds, defaults, descriptions and CEL rules. A field with a default is never null, as in the
 * API server; any other absent field is null, and an absent list or map is empty. Imports no other package of the
 * project. The types are immutable and safe for any thread, except the two root types, which Fabric8 requires to be
 * mutable.
 */
package io.proxyroute.api.v1alpha1;

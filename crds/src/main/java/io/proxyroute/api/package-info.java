/**
 * The Kubernetes API of the project, one package per version. Imports no other package of the project.
 */
package io.proxyroute.api;

package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A part of an API object. Absent values are not serialized, so that a server-side apply owns only the fields it sets.
 * Unknown fields, written by a newer version, are ignored on reading.
 */
@JacksonAnnotationsInside
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@interface ApiType {}

package io.proxyroute.api.v1alpha1;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Gives a field the schema of a {@link GatewayDuration}. */
@JacksonAnnotationsInside
@Pattern(GatewayDuration.PATTERN)
@Size(min = 2, max = GatewayDuration.MAX_LENGTH)
@Target({ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER})
@Retention(RetentionPolicy.RUNTIME)
@interface DurationFormat {}

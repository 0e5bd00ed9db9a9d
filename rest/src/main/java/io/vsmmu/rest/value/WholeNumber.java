package io.vsmmu.rest.value;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A query parameter, header or path variable of type {@code int} or {@code long} is a decimal
 * number within bounds: a position of the log, an index, a number of items.
 */
@Documented
@Target({ElementType.FIELD, ElementType.PARAMETER})
@Retention(RetentionPolicy.RUNTIME)
public @interface WholeNumber {

  /** The least value that is accepted. */
  long first() default 0;

  /** The greatest value that is accepted; of an {@code int} at most 2147483647. */
  long last() default Long.MAX_VALUE;
}

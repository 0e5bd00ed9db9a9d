package io.vsmmu.rest.value;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A query parameter or path variable of type {@code int} or {@code long} is an unsigned number,
 * decimal or hexadecimal with {@code 0x}: a StreamID, an ASID, an address, a size in bytes.
 */
@Documented
@Target({ElementType.FIELD, ElementType.PARAMETER})
@Retention(RetentionPolicy.RUNTIME)
public @interface Unsigned {

  /** The width of the number, 1 to 64; an {@code int} holds at most 32. */
  int bits();
}

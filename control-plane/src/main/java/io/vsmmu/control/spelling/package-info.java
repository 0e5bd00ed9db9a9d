/** Names that are similar to a mistyped one. */
@NullMarked
package io.vsmmu.control.spelling;

import org.jspecify.annotations.NullMarked;

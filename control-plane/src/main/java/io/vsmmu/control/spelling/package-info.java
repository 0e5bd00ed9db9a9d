/** Names that may have been meant by one that does not exist. */
@NullMarked
package io.vsmmu.control.spelling;

import org.jspecify.annotations.NullMarked;

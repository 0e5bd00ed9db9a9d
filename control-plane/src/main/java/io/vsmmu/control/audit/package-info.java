/** Who did what through the API. */
@NullMarked
package io.vsmmu.control.audit;

import org.jspecify.annotations.NullMarked;

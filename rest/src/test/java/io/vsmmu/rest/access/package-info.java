/** Who may do what, tested from inside. */
@NullMarked
package io.vsmmu.rest.access;

import org.jspecify.annotations.NullMarked;

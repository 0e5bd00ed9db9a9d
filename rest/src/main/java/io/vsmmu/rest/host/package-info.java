/** The host behind the vSMMUs. */
@NullMarked
package io.vsmmu.rest.host;

import org.jspecify.annotations.NullMarked;

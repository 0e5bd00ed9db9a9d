/** The architecture's registers and structures as tables of fields, for programs that show them. */
@NullMarked
package io.vsmmu.rest.architecture;

import org.jspecify.annotations.NullMarked;

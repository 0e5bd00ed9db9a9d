/** What guest memory promises about rights, borders, faults and company. */
@NullMarked
package io.vsmmu.vfiouser.memory;

import org.jspecify.annotations.NullMarked;

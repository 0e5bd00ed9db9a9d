/** Long work that runs on threads of its own, and whose progress and result can be asked for. */
@NullMarked
package io.vsmmu.control.job;

import org.jspecify.annotations.NullMarked;

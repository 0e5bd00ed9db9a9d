/** Coverage-guided fuzzing of everything that reads what another party wrote. */
@NullMarked
package io.vsmmu.fuzz;

import org.jspecify.annotations.NullMarked;

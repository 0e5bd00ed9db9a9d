/** Rules about the code of all modules. */
@NullMarked
package io.vsmmu.acceptance.architecture;

import org.jspecify.annotations.NullMarked;

/** Rules about the code of all modules. */
@NullMarked
package io.vsmmu.control.architecture;

import org.jspecify.annotations.NullMarked;

/** Arguments that several commands read the same way. */
@NullMarked
package io.vsmmu.control.cli.argument;

import org.jspecify.annotations.NullMarked;

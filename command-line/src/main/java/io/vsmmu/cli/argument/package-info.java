/** Arguments that several commands read the same way. */
@NullMarked
package io.vsmmu.cli.argument;

import org.jspecify.annotations.NullMarked;

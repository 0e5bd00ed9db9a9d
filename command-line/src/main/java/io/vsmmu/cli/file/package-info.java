/** Checks files without a service. */
@NullMarked
package io.vsmmu.cli.file;

import org.jspecify.annotations.NullMarked;

/** Tests of the system calls, through the public door. */
@NullMarked
package io.vsmmu.posix;

import org.jspecify.annotations.NullMarked;

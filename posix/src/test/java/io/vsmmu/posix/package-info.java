/** Tests of the system calls through the public interface. */
@NullMarked
package io.vsmmu.posix;

import org.jspecify.annotations.NullMarked;

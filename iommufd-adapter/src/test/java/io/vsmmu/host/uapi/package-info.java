/** Tests of the kernel interface's layouts and requests. */
@NullMarked
package io.vsmmu.host.uapi;

import org.jspecify.annotations.NullMarked;

/** Tests of the differential test's parts, without QEMU. */
@NullMarked
package io.vsmmu.differential;

import org.jspecify.annotations.NullMarked;

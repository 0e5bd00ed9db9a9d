/** What the differential test is made of, without QEMU. */
@NullMarked
package io.vsmmu.differential;

import org.jspecify.annotations.NullMarked;

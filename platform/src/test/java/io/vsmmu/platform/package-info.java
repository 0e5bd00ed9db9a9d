/** Tests of what all parts share, and what their tests share. */
@NullMarked
package io.vsmmu.platform;

import org.jspecify.annotations.NullMarked;

/** The bytes of an event: tagged fields, readable for ever. */
@NullMarked
package io.vsmmu.smmu.wire;

import org.jspecify.annotations.NullMarked;

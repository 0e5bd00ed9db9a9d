/**
 * What IHI 0070 leaves to an implementation, or forbids to software, field by field, as tables:
 * what the specification says, where, and what is done here. The state machine decides by these
 * tables, and docs/fields.md is written from them.
 */
@NullMarked
package io.vsmmu.smmu.rules;

import org.jspecify.annotations.NullMarked;

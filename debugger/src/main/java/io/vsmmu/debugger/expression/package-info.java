/**
 * Conditions over the state and the events of a vSMMU: a small language that is parsed and typed
 * here, and evaluated on the state itself. {@link io.vsmmu.debugger.expression.Expression} and
 * {@link io.vsmmu.debugger.expression.StatePath} are its entries; docs/find.md describes it.
 */
@NullMarked
package io.vsmmu.debugger.expression;

import org.jspecify.annotations.NullMarked;

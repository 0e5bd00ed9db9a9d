/**
 * Questions to the past of a vSMMU. Everything here reads the log and the states that it gives, and
 * changes neither.
 */
@NullMarked
package io.vsmmu.debugger;

import org.jspecify.annotations.NullMarked;

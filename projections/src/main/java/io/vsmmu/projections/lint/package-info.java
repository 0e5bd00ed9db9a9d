/**
 * Defects of guests, VMMs and hosts that a log shows. A {@code Rule} is a kind of defect, a {@code
 * RuleChecker} finds violations of the rules of one concern, a {@code RuleRun} passes the events of
 * one log to all checkers, a {@code Finding} is one violation, and the {@code Linter} gives the
 * findings of a vSMMU.
 */
@NullMarked
package io.vsmmu.projections.lint;

import org.jspecify.annotations.NullMarked;

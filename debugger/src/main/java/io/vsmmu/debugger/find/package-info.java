/**
 * Searches of a log for the events at which a condition holds. {@link
 * io.vsmmu.debugger.find.Finder} is the entry; docs/find.md says what is a hit.
 */
@NullMarked
package io.vsmmu.debugger.find;

import org.jspecify.annotations.NullMarked;

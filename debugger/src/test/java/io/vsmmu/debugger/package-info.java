/** What the tests of the debugger share. */
@NullMarked
package io.vsmmu.debugger;

import org.jspecify.annotations.NullMarked;

/** Steps through a vSMMU's log: to the next or previous event, access, command, change or fault. */
@NullMarked
package io.vsmmu.debugger.step;

import org.jspecify.annotations.NullMarked;

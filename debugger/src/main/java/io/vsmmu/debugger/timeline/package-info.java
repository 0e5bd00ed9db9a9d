/** How much of what happened when: a vSMMU's log as buckets of counts. */
@NullMarked
package io.vsmmu.debugger.timeline;

import org.jspecify.annotations.NullMarked;

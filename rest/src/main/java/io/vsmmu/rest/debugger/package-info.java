/** Questions to the past of a vSMMU, and the jobs that answer those that take long. */
@NullMarked
package io.vsmmu.rest.debugger;

import org.jspecify.annotations.NullMarked;

/** Virtual machines: which vSMMUs belong together, and the tables that describe them to a guest. */
@NullMarked
package io.vsmmu.control.vm;

import org.jspecify.annotations.NullMarked;

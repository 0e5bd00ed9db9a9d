/** Virtual machines: which vSMMUs belong together, and what their guests are told of them. */
@NullMarked
package io.vsmmu.control.vm;

import org.jspecify.annotations.NullMarked;

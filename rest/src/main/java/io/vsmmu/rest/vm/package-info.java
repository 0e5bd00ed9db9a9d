/**
 * Virtual machines: the memory and devices that their vSMMUs share, and the tables of their
 * firmware.
 */
@NullMarked
package io.vsmmu.rest.vm;

import org.jspecify.annotations.NullMarked;

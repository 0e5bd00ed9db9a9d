/**
 * The machine around a vSMMU: firmware tables, PCI capabilities, command lines of VMMs, and hosts
 * that can back it.
 */
@NullMarked
package io.vsmmu.rest.platform;

import org.jspecify.annotations.NullMarked;

/** Resources of VMs, without a service around them. */
@NullMarked
package io.vsmmu.control.rest.vm;

import org.jspecify.annotations.NullMarked;

/** Resources of VMs, without a service around them. */
@NullMarked
package io.vsmmu.rest.vm;

import org.jspecify.annotations.NullMarked;

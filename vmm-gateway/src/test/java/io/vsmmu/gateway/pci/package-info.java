@NullMarked
package io.vsmmu.gateway.pci;

import org.jspecify.annotations.NullMarked;

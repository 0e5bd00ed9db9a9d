/** The guest's RAM as the VMM shares it: by descriptor, by file, or by messages. */
@NullMarked
package io.vsmmu.gateway.memory;

import org.jspecify.annotations.NullMarked;

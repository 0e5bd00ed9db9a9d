@NullMarked
package io.vsmmu.rest.debugger;

import org.jspecify.annotations.NullMarked;

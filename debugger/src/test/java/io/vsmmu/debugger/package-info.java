@NullMarked
package io.vsmmu.debugger;

import org.jspecify.annotations.NullMarked;

@NullMarked
package io.vsmmu.debugger.find;

import org.jspecify.annotations.NullMarked;

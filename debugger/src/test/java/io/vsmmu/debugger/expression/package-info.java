@NullMarked
package io.vsmmu.debugger.expression;

import org.jspecify.annotations.NullMarked;

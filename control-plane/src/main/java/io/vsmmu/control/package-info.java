/** The application. */
@NullMarked
package io.vsmmu.control;

import org.jspecify.annotations.NullMarked;

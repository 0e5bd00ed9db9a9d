/** The use cases, without HTTP and without Spring. */
@NullMarked
package io.vsmmu.control;

import org.jspecify.annotations.NullMarked;

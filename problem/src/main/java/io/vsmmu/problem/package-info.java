/** The one shape in which every module reports to a person that something is wrong. */
@NullMarked
package io.vsmmu.problem;

import org.jspecify.annotations.NullMarked;

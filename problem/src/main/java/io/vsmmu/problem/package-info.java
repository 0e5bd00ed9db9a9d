/**
 * The one shape in which every module reports to a person that something is wrong, and spelling.
 */
@NullMarked
package io.vsmmu.problem;

import org.jspecify.annotations.NullMarked;

/** Time travel: the state of a vSMMU at any point of its log. */
@NullMarked
package io.vsmmu.projections.travel;

import org.jspecify.annotations.NullMarked;

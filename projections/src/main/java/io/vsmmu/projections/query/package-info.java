/** What an operator can ask of a log. */
@NullMarked
package io.vsmmu.projections.query;

import org.jspecify.annotations.NullMarked;

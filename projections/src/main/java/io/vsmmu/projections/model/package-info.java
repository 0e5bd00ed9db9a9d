/** The read models: tables derived from the log, the index of events, and their projector. */
@NullMarked
package io.vsmmu.projections.model;

import org.jspecify.annotations.NullMarked;

/** Read models: what is written beside the log, and the projector that writes it. */
@NullMarked
package io.vsmmu.projections.model;

import org.jspecify.annotations.NullMarked;

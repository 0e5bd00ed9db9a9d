/** Checkpoints of the sealed log, proofs from them, and the verification of the whole history. */
@NullMarked
package io.vsmmu.rest.sealing;

import org.jspecify.annotations.NullMarked;

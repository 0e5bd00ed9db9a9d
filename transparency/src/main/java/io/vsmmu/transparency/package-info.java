/**
 * What makes a log transparent, without I/O: Merkle trees of RFC 6962 with the proofs of RFC 9162;
 * C2SP's signed notes, checkpoints, cosignatures and proofs (c2sp.org: signed-note,
 * tlog-checkpoint, tlog-cosignature, tlog-proof); and the bytes of a sealed segment of an event
 * log, which are the leaves of its tree ({@link io.vsmmu.transparency.SegmentLeaf}).
 */
@NullMarked
package io.vsmmu.transparency;

import org.jspecify.annotations.NullMarked;

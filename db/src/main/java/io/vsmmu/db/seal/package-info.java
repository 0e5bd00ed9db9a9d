/**
 * Seals the log: ranges of positions become leaves of one Merkle tree, whose signed heads are kept
 * outside the database too; proofs about it, and the verification of a whole history from its rows.
 * A thread of its own follows what the database holds; nothing here is on a guest's path.
 */
@NullMarked
package io.vsmmu.db.seal;

import org.jspecify.annotations.NullMarked;

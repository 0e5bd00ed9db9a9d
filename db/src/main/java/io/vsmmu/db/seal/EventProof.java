package io.vsmmu.db.seal;

import io.vsmmu.transparency.TlogProof;
import java.util.List;

/**
 * The proof that an event is in the log of a checkpoint.
 *
 * @param event the bytes of the event ({@link io.vsmmu.transparency.EventLeaf}), a leaf of its
 *     segment's tree; not copied
 * @param index of that leaf, from 0
 * @param events number of leaves of the segment's tree
 * @param path from the event's leaf to the root of its segment's events
 * @param segment the proof that the segment is in the log
 */
public record EventProof(
    byte[] event, long index, long events, List<byte[]> path, TlogProof segment) {

  public EventProof {
    path = List.copyOf(path);
  }
}

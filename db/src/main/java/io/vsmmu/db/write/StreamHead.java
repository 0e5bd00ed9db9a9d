package io.vsmmu.db.write;

/**
 * Where the next event of a vSMMU goes.
 *
 * @param sequence its last sequence, -1 if it has no events
 * @param hash hash of the last event, or the genesis hash
 * @param originMicros zero point of its hashed times
 */
record StreamHead(long sequence, byte[] hash, long originMicros) {

  StreamHead after(long next, byte[] nextHash) {
    return new StreamHead(next, nextHash, originMicros);
  }
}

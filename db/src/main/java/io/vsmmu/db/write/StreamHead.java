package io.vsmmu.db.write;

/**
 * The end of a vSMMU's log, which the next event must follow.
 *
 * @param sequence of the last event, -1 if there is none
 * @param hash of the last event, or the genesis hash; 32 bytes
 * @param originMicros zero point of the times that the hash covers, in microseconds since 1970
 * @param position of the last event that was appended by this writer; 0 if there is none, and so
 *     the head can be read from the database
 */
record StreamHead(long sequence, byte[] hash, long originMicros, long position) {

  StreamHead after(long next, byte[] nextHash, long nextPosition) {
    return new StreamHead(next, nextHash, originMicros, nextPosition);
  }
}

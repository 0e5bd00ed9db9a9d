package io.vsmmu.rest.intake;

import io.vsmmu.boundary.Boundary;

/** The steps of a request that changes something and has an Idempotency-Key. */
enum RequestBoundary implements Boundary {
  /** The request has its audit entry, without an outcome. */
  AUDITED,
  /** The request has its Idempotency-Key, and nothing of it is carried out. */
  KEY_CLAIMED,
  /** The request has had its effect, and its answer is not stored. */
  CARRIED_OUT,
  /** The answer is stored under the key, and the audit entry has no outcome. */
  ANSWER_STORED,
  /** The audit entry has its outcome, and the client does not have the answer. */
  AUDIT_COMPLETED
}

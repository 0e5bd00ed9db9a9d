package io.vsmmu.db.write;

import io.vsmmu.db.log.NewEvent;

/**
 * One event of an append.
 *
 * @param vsmmuId the vSMMU it belongs to
 */
public record AppendRow(int vsmmuId, NewEvent event) {}

package io.vsmmu.db.write;

import io.vsmmu.db.log.NewEvent;

/**
 * One event of an append. An append may hold events of several vSMMUs.
 *
 * @param vsmmuId number of the event's vSMMU
 */
public record AppendRow(int vsmmuId, NewEvent event) {}

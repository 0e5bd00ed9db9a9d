package io.vsmmu.db.write;

import java.util.UUID;

/**
 * What a database knows about the journal through which it is written.
 *
 * @param identity of the journal
 * @param complete whether the last service ended in good order, with everything that the journal
 *     acknowledged in the database: then the journal may be missing
 */
record JournalBinding(UUID identity, boolean complete) {}

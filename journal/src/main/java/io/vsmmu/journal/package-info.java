/**
 * An append-only journal on local disk. {@link io.vsmmu.journal.Journal} appends, syncs and
 * releases; {@link io.vsmmu.journal.JournalReader} reads; {@link io.vsmmu.journal.JournalRecovery}
 * finds out what a directory holds after the process or the machine has ended, and decides whether
 * a journal may continue there.
 */
@NullMarked
package io.vsmmu.journal;

import org.jspecify.annotations.NullMarked;

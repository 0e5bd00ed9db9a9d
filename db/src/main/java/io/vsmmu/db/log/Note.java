package io.vsmmu.db.log;

import java.time.Instant;

/**
 * What a person wrote about a moment of a vSMMU's log.
 *
 * @param id number of the note, from 1, in the order in which notes were written
 * @param sequence of the event that it is about
 * @param position of that event
 * @param author who wrote it
 * @param bookmark name of the moment, of which a vSMMU has one with this name; empty for none
 */
public record Note(
    long id,
    long sequence,
    long position,
    Instant written,
    String author,
    String bookmark,
    String text) {}

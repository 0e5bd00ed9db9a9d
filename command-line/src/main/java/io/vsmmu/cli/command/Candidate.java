package io.vsmmu.cli.command;

/**
 * What a word of a command line can become.
 *
 * @param about what that is, in one line; empty if the word says it
 */
record Candidate(String word, String about) {}

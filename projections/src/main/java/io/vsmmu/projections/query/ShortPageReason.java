package io.vsmmu.projections.query;

/** Why a page has fewer items than asked for, although the list goes on. */
public enum ShortPageReason {
  /**
   * The query has looked at as many events as one request may: the index leads to events that have
   * what the filters ask for, but too few have all of it at once.
   */
  SEARCH_LIMIT
}

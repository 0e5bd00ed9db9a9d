/**
 * Parameters as they stand in an address, with the question mark; those without a value are left out.
 *
 * @param {Record<string, unknown>} query
 * @returns {string} empty without parameters
 */
export function queryText(query) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text ? `?${text}` : '';
}

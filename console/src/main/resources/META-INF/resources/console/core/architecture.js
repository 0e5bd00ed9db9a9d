import { get } from './api.js';

/**
 * The fields of registers, STEs, CDs, commands and event records, as the service knows them.
 *
 * @typedef {{name: string, word: number, high: number, low: number, inPlace: boolean,
 *     values?: Record<string, string>}} Field word: index of the 64-bit word; inPlace: whether the
 *     value is shown with the bits below the field as zeros, as an address
 * @typedef {{registers: Record<string, {offset: string, width: number, fields: Field[]}>, ste: Field[],
 *     cd: Field[], commands: Record<string, Field[]>, records: Record<string, Field[]>}} Architecture
 */

/** @type {Promise<Architecture> | null} asked for once, and again after a failure */
let asked = null;

/** @returns {Promise<Architecture>} */
export function architecture() {
  asked ??= get('/architecture').catch((failure) => {
    asked = null;
    throw failure;
  });
  return asked;
}

/**
 * The architecture for an element's template: null until it has arrived, when the element is drawn
 * again.
 *
 *     tables = new ArchitectureController(this);
 *     render() { return this.tables.value?.ste ... }
 */
export class ArchitectureController {
  constructor(host) {
    this.host = host;
    this.value = null;
    host.addController(this);
  }

  hostConnected() {
    architecture().then(
      (value) => {
        this.value = value;
        this.host.requestUpdate();
      },
      () => {},
    );
  }
}

/**
 * The value of a field, right-aligned.
 *
 * @param {Field} field
 * @param {bigint} word the field's word
 */
export function fieldValue(field, word) {
  return (word >> BigInt(field.low)) & ((1n << BigInt(field.high - field.low + 1)) - 1n);
}

/** The value of a field as it is written: `0x5`, and an address in place. */
export function fieldText(field, word) {
  const value = fieldValue(field, word);
  return hexText(field.inPlace ? value << BigInt(field.low) : value);
}

/** What a right-aligned value of a field means; empty if the field is not enumerated. */
export function fieldMeaning(field, value) {
  if (!field.values) {
    return '';
  }
  return field.values[String(value)] ?? 'Reserved';
}

/** The bits of a field: `3:1`, `0`. */
export function fieldBits(field) {
  return field.high === field.low ? String(field.high) : `${field.high}:${field.low}`;
}

/** 11n as `0xb`. */
export function hexText(number) {
  return `0x${number.toString(16)}`;
}

/**
 * What an I/O Remapping Table contains (Arm DEN 0049E): its header, its nodes, and how IDs of one
 * are mapped to those of another.
 */
import { address, parsed, reached } from './api.js';

/** Bytes of an ACPI table's header, of a node's header, and of an ID mapping (DEN 0049E, 3). */
const TABLE_HEADER = 36;
const NODE_HEADER = 16;
const MAPPING = 20;

/** Flag of an ID mapping: the output is a single ID whatever the input is (DEN 0049E, table 5). */
const SINGLE = 1;

/** The nodes by their types, and what of each is shown: a name, and how it is read at an offset of the node. */
const NODES = {
  0: { name: 'ITS group', facts: [['ITS count', (it) => String(it.word(16))], ['first ITS', (it) => String(it.word(20))]] },
  1: { name: 'Named component', facts: [] },
  2: {
    name: 'Root complex',
    facts: [
      ['PCI segment', (it) => hex(it.word(28))],
      ['ATS', (it) => (it.word(24) & 1 ? 'yes' : 'no')],
      ['cache coherent', (it) => (it.word(16) & 1 ? 'yes' : 'no')],
    ],
  },
  3: { name: 'SMMUv1 or SMMUv2', facts: [] },
  4: {
    name: 'SMMUv3',
    facts: [
      ['base', (it) => hex(it.long(16))],
      ['flags', (it) => hex(it.word(24))],
      ['GSIVs (event, PRI, GERROR, sync)', (it) => [44, 48, 52, 56].map((at) => it.word(at)).join(', ')],
    ],
  },
  5: { name: 'PMCG', facts: [] },
  6: {
    name: 'RMR',
    facts: [
      ['flags', (it) => hex(it.word(16))],
      ['ranges', (it) => ranges(it)],
    ],
  },
};

/**
 * @param {string} resource as api.js's path gives it
 * @param {Record<string, unknown>} query its parameters
 * @returns {Promise<{revision: number, length: number, nodes: object[]}>}
 */
export async function readIort(resource, query) {
  const response = await reached(fetch(address(resource, query)));
  if (!response.ok) {
    return parsed(response);
  }
  return decoded(new DataView(await response.arrayBuffer()));
}

/** @param {DataView} table */
export function decoded(table) {
  const count = table.getUint32(TABLE_HEADER, true);
  const nodes = [];
  let at = table.getUint32(TABLE_HEADER + 4, true);
  for (let i = 0; i < count && at + NODE_HEADER <= table.byteLength; i++) {
    const node = new Node(table, at);
    nodes.push(node.summary());
    at += Math.max(NODE_HEADER, node.length);
  }
  return { revision: table.getUint8(8), length: table.byteLength, nodes };
}

class Node {
  constructor(table, at) {
    this.table = table;
    this.at = at;
    this.length = table.getUint16(at + 1, true);
  }

  word(offset) {
    return this.table.getUint32(this.at + offset, true);
  }

  long(offset) {
    return this.table.getBigUint64(this.at + offset, true);
  }

  summary() {
    const type = this.table.getUint8(this.at);
    const known = NODES[type] ?? { name: `Node of type ${type}`, facts: [] };
    return {
      name: known.name,
      offset: hex(this.at),
      facts: known.facts.map(([name, read]) => [name, read(this)]),
      mappings: this.mappings(),
    };
  }

  mappings() {
    const count = this.word(8);
    const first = this.word(12);
    return Array.from({ length: count }, (_, i) => first + i * MAPPING)
      .filter((offset) => offset + MAPPING <= this.length)
      .map((offset) => {
        const [input, last, output, to, flags] = [0, 4, 8, 12, 16].map((it) => this.word(offset + it));
        return {
          // The count of IDs is stored less one (DEN 0049E, table 4).
          input: range(input, last),
          output: flags & SINGLE ? hex(output) : range(output, last),
          to: hex(to),
          single: Boolean(flags & SINGLE),
        };
      });
  }
}

function ranges(node) {
  const count = node.word(20);
  const first = node.word(24);
  return Array.from({ length: count }, (_, i) => first + i * MAPPING)
    .filter((offset) => offset + MAPPING <= node.length)
    .map((offset) => `${hex(node.long(offset))}, ${hex(node.long(offset + 8))} bytes`)
    .join('; ');
}

function range(first, more) {
  return more === 0 ? hex(first) : `${hex(first)}..${hex(first + more)}`;
}

function hex(number) {
  return `0x${number.toString(16)}`;
}

import { expect } from "chai";
import { concat, encodeBytes32String, keccak256 } from "ethers";
import fc from "fast-check";
import type { Hex } from "../../src/crypto/bytes.js";
import {
  excerptOf,
  MalformedTreeError,
  openTree,
  saveTree,
  UnitsNotInTreeError,
  WrongRootError,
} from "../../src/medication/excerpt.js";
import { DuplicateSerialError, MalformedSerialError } from "../../src/medication/serials.js";
import { buildTree, proofOf, unitOf, type SerialTree } from "../../src/medication/tree.js";
import { errorOf } from "../crypto/errorOf.js";

const KEY = { product: "gtin:00300010123457", lot: "L1" };
const BATCH = keccak256(concat([encodeBytes32String(KEY.product), encodeBytes32String(KEY.lot)])) as Hex;

const treeOf = (units: number): Promise<SerialTree> =>
  buildTree({ batch: BATCH, serials: Array.from({ length: units }, (_, unit) => `S${unit}`) });

describe("excerptOf", () => {
  it("proves the same as the whole tree, also opened, also taken from an excerpt", () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.infiniteStream(fc.nat(1000)), async (units, random) => {
        const within = (tree: SerialTree): SerialTree => {
          const at = random.next().value! % tree.serials.length;
          const count = 1 + (random.next().value! % (tree.serials.length - at));
          return excerptOf(tree, { first: tree.first + at, count });
        };
        const tree = await treeOf(units);
        const part = within(tree);
        const inner = within(await openTree(saveTree(part)));
        for (const excerpt of [part, inner, await openTree(saveTree(inner))]) {
          for (const [serial, unit] of excerpt.unitOfSerial) {
            expect(proofOf(excerpt, unit)).to.deep.equal(proofOf(tree, unit));
            expect(unitOf(excerpt, serial)).to.equal(unitOf(tree, serial));
          }
        }
      }),
      { numRuns: 40 },
    ));

  it("carries few nodes, wherever it is", async () => {
    const tree = await treeOf(1000);
    for (const first of [0, 1, 486, 487, 488, 511, 990]) {
      const { nodes } = JSON.parse(saveTree(excerptOf(tree, { first, count: 10 })));
      expect(nodes.length, `${first}`).to.be.within(1, 32);
    }
    expect(JSON.parse(saveTree(tree)).nodes).to.be.empty;
  });

  it("refuses units the tree does not hold, and none at all", async () => {
    const tree = excerptOf(await treeOf(9), { first: 2, count: 5 });
    const ranges = [
      [1, 2],
      [2, 6],
      [7, 1],
      [3, 0],
      [3, -1],
      [2.5, 1],
      [3, 1.5],
    ] as const;
    for (const [first, count] of ranges) {
      expect(() => excerptOf(tree, { first, count }), `${first} ${count}`).to.throw(UnitsNotInTreeError, "2 to 6");
    }
  });
});

describe("saveTree", () => {
  it("names the product and lot, if they are the batch's", async () => {
    const tree = await treeOf(3);
    expect(JSON.parse(saveTree(tree, KEY))).to.include({ ...KEY, batch: BATCH, units: 3, first: 0 });
    expect(() => saveTree(tree, { ...KEY, lot: "L2" })).to.throw(MalformedTreeError, "product and lot");
  });
});

describe("openTree", () => {
  const file = async () => {
    const tree = excerptOf(await treeOf(9), { first: 2, count: 3 });
    return JSON.parse(saveTree(tree, KEY)) as Record<string, unknown> & { serials: string[]; nodes: Hex[] };
  };

  it("refuses a serial number, node, unit or batch that was altered", async () => {
    const { product: _, lot: __, ...saved } = await file();
    const alterations = [
      { serials: ["S2", "X3", "S4"] },
      { serials: ["S3", "S2", "S4"] },
      { nodes: [saved.nodes[1], saved.nodes[0], ...saved.nodes.slice(2)] },
      { batch: `0x${"11".repeat(32)}` },
      { root: `0x${"11".repeat(32)}` },
    ];
    for (const alteration of alterations) {
      const error = await errorOf(openTree(JSON.stringify({ ...saved, ...alteration })));
      expect(error, JSON.stringify(alteration)).to.be.instanceOf(WrongRootError);
    }
  });

  it("says which unit has no serial number or another's", async () => {
    const saved = await file();
    const opening = (serials: string[]) => openTree(JSON.stringify({ ...saved, serials }));
    expect(await errorOf(opening(["S2", "S 3", "S4"])))
      .to.be.instanceOf(MalformedSerialError)
      .that.includes({ unit: 3 });
    expect(await errorOf(opening(["S2", "S3", "S2"]))).to.be.instanceOf(DuplicateSerialError);
  });

  const malformed = [
    { what: "another format", part: { format: "other" }, fault: "version 1" },
    { what: "another version", part: { version: 2 }, fault: "version 1" },
    { what: "a batch that is no hex", part: { batch: "0xzz" }, fault: "batch" },
    { what: "a short root", part: { root: "0x12" }, fault: "root" },
    { what: "no units", part: { units: 0 }, fault: "units" },
    { what: "more units than 24 bits count", part: { units: 2 ** 24 }, fault: "units" },
    { what: "half a unit", part: { units: 9.5 }, fault: "units" },
    { what: "fewer units than serial numbers", part: { units: 4 }, fault: "first and serials" },
    { what: "a negative first unit", part: { first: -1 }, fault: "first and serials" },
    { what: "no serial numbers", part: { serials: [] }, fault: "serials" },
    { what: "serial numbers that are no texts", part: { serials: [2, 3, 4] }, fault: "serials" },
    { what: "serial numbers that are no list", part: { serials: "S2" }, fault: "serials" },
    { what: "no nodes", part: { nodes: [] }, fault: "nodes" },
    { what: "nodes that are no hex", part: { nodes: ["0x1", "0x2", "0x3", "0x4"] }, fault: "nodes" },
    { what: "a product that is no text", part: { product: 1 }, fault: "product or lot" },
    { what: "a lot alone", part: { product: undefined }, fault: "product and lot" },
    { what: "another lot", part: { lot: "L2" }, fault: "product and lot" },
  ];
  for (const { what, part, fault } of malformed) {
    it(`refuses ${what}`, async () => {
      const error = await errorOf(openTree(JSON.stringify({ ...(await file()), ...part })));
      expect(error).to.be.instanceOf(MalformedTreeError);
      expect(error).to.have.property("message").that.includes(fault);
    });
  }

  it("refuses a node too many", async () => {
    const saved = await file();
    const nodes = [...saved.nodes, BATCH];
    expect(await errorOf(openTree(JSON.stringify({ ...saved, nodes })))).to.be.instanceOf(MalformedTreeError);
  });

  it("refuses what is no JSON object", async () => {
    for (const text of ["", "no", "null", "[]", "1"]) {
      expect(await errorOf(openTree(text)), text).to.be.instanceOf(MalformedTreeError);
    }
  });
});

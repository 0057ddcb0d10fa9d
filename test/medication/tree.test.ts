import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { expect } from "chai";
import { encodeBytes32String } from "ethers";
import fc from "fast-check";
import type { Hex } from "../../src/crypto/bytes.js";
import { buildTree, proofOf, serialOf, UnitNotInTreeError, unitOf, verifySerial } from "../../src/medication/tree.js";
import { excerptOf } from "../../src/medication/excerpt.js";

const BATCH: Hex = `0x${"ab".repeat(32)}`;

const serialsFor = (units: number): string[] => Array.from({ length: units }, (_, unit) => `S/${unit}`);

function openZeppelin(serials: readonly string[]) {
  const values = serials.map((serial, unit) => [BATCH, unit, encodeBytes32String(serial)]);
  return StandardMerkleTree.of(values, ["bytes32", "uint24", "bytes32"], { sortLeaves: false });
}

async function expectSameAsOpenZeppelin(serials: readonly string[]): Promise<void> {
  const [tree, other] = [await buildTree({ batch: BATCH, serials }), openZeppelin(serials)];
  const { units } = tree;
  expect(tree.root).to.equal(other.root);
  // OpenZeppelin checks each proof it gives, which takes long: of many units some are enough.
  for (let unit = 0; unit < units; unit += Math.ceil(units / 50)) {
    expect(proofOf(tree, unit)).to.deep.equal(other.getProof(unit));
  }
}

describe("buildTree", () => {
  for (const units of [1, 2, 3, 4, 5, 1000]) {
    it(`has the root and proofs of OpenZeppelin's tree for ${units} units`, () =>
      expectSameAsOpenZeppelin(serialsFor(units)));
  }

  it("has them for any serial numbers", () =>
    fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.stringMatching(/^[!"%-?A-Z_a-z]{1,20}$/), { minLength: 1, maxLength: 24 }),
        expectSameAsOpenZeppelin,
      ),
      { numRuns: 20 },
    ));

  it("gives others a turn and tells how far it is", async () => {
    const progress: number[] = [];
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    await buildTree({ batch: BATCH, serials: serialsFor(8200), onProgress: (done) => progress.push(done) });
    clearInterval(timer);
    expect(turns).to.be.greaterThan(0);
    expect(progress.map((done) => done.toFixed(2))).to.deep.equal(["0.50", "1.00", "1.00"]);
  });
});

describe("serialOf", () => {
  it("gives a unit's serial number, which unitOf undoes", async () => {
    const tree = await buildTree({ batch: BATCH, serials: serialsFor(5) });
    for (const unit of [0, 4]) expect(unitOf(tree, serialOf(tree, unit))).to.equal(unit);
    expect(unitOf(tree, "S/5")).to.be.undefined;
  });

  it("refuses a unit the tree does not hold", async () => {
    const tree = await buildTree({ batch: BATCH, serials: serialsFor(5) });
    const part = excerptOf(tree, { first: 1, count: 2 });
    for (const unit of [-1, 5, 0.5, NaN]) expect(() => serialOf(tree, unit), `${unit}`).to.throw(UnitNotInTreeError);
    for (const unit of [0, 3]) expect(() => proofOf(part, unit), `${unit}`).to.throw(UnitNotInTreeError, "1 to 2");
  });
});

describe("verifySerial", () => {
  const proven = async () => {
    const tree = await buildTree({ batch: BATCH, serials: serialsFor(5) });
    return { root: tree.root, batch: BATCH, unit: 3, serial: "S/3", proof: proofOf(tree, 3) };
  };

  it("is true for what the tree holds, in any case of the digits", async () => {
    const claim = await proven();
    expect(verifySerial(claim)).to.be.true;
    expect(verifySerial({ ...claim, root: `0x${claim.root.slice(2).toUpperCase()}` })).to.be.true;
  });

  it("is false for another unit, serial number, batch, root or proof", async () => {
    const claim = await proven();
    const others: Partial<typeof claim>[] = [
      { unit: 2 },
      { serial: "S/2" },
      { batch: claim.root },
      { root: BATCH },
      { proof: claim.proof.slice(1) },
      { proof: [...claim.proof, BATCH] },
    ];
    for (const other of others) expect(verifySerial({ ...claim, ...other }), JSON.stringify(other)).to.be.false;
  });

  it("is false for what can be no claim", async () => {
    const claim = await proven();
    const others: Partial<typeof claim>[] = [
      { unit: -1 },
      { unit: 3 + 2 ** 32 },
      { unit: 3.5 },
      { serial: "A".repeat(33) },
      { serial: "S/3\0" },
      { proof: ["0x12"] },
      { proof: ["no"] as unknown as Hex[] },
    ];
    for (const other of others) expect(verifySerial({ ...claim, ...other }), JSON.stringify(other)).to.be.false;
  });
});

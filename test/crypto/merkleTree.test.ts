import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { expect } from "chai";
import { AbiCoder, getBytes, keccak256, toBeHex } from "ethers";
import fc from "fast-check";
import type { Hex } from "../../src/crypto/bytes.js";
import { layoutOf } from "../../src/crypto/merkleLayout.js";
import { growNodes, hashLeaf, isProven, nodeIn, NODE_BYTES, proofIn } from "../../src/crypto/merkleTree.js";

const valueAt = (leaf: number): Hex => keccak256(toBeHex(leaf, 32)) as Hex;

const hashAt = (leaf: number): Uint8Array =>
  hashLeaf(getBytes(AbiCoder.defaultAbiCoder().encode(["bytes32"], [valueAt(leaf)])));

const hashes = (count: number, first = 0): Uint8Array[] => Array.from({ length: count }, (_, at) => hashAt(first + at));

const whole = (leafCount: number) =>
  growNodes({ leafCount, first: 0, count: leafCount, hashes: hashes(leafCount), given: [] });

const openZeppelin = (leafCount: number) =>
  StandardMerkleTree.of(
    Array.from({ length: leafCount }, (_, leaf) => [valueAt(leaf)]),
    ["bytes32"],
    { sortLeaves: false },
  );

describe("growNodes", () => {
  it("has the root and proofs of OpenZeppelin's tree, of any size", async () => {
    for (let leafCount = 1; leafCount <= 34; leafCount++) {
      const [tree, other] = [await whole(leafCount), openZeppelin(leafCount)];
      expect(tree.root, `${leafCount}`).to.equal(other.root);
      const leaves = [0, leafCount >> 1, leafCount - 1];
      for (const leaf of leaves) expect(proofIn(tree, leafCount, leaf)).to.deep.equal(other.getProof(leaf));
    }
  });

  it("grows the same tree from some neighbouring leaves and the nodes that do not follow from them", () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.nat(), fc.nat(), async (leafCount, start, length) => {
        const first = start % leafCount;
        const count = 1 + (length % (leafCount - first));
        const tree = await whole(leafCount);
        const known = { leafCount, first, count, hashes: hashes(count, first) };
        const given = layoutOf(leafCount, first, count).given.map((node) => nodeIn(tree, node));
        const part = await growNodes({ ...known, given });
        expect(part.root).to.equal(tree.root);
        expect(part.nodes.length).to.equal(part.layout.size * NODE_BYTES);
        for (const leaf of [first, first + count - 1]) {
          expect(proofIn(part, leafCount, leaf)).to.deep.equal(proofIn(tree, leafCount, leaf));
        }
      }),
      { numRuns: 30 },
    ));

  it("gives others a turn and tells how far it is", async () => {
    const progress: number[] = [];
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const known = {
      leafCount: 8200,
      first: 0,
      count: 8200,
      hashes: Array<Uint8Array>(8200).fill(hashAt(0)),
      given: [],
    };
    await growNodes(known, (done) => progress.push(done));
    clearInterval(timer);
    expect(turns).to.be.greaterThan(0);
    expect(progress.map((done) => done.toFixed(2))).to.deep.equal(["0.50", "1.00", "1.00"]);
  });
});

describe("isProven", () => {
  const claim = async () => {
    const tree = await whole(6);
    return { root: tree.root, hash: hashAt(4), proof: proofIn(tree, 6, 4) };
  };

  it("is true for a leaf of the tree, in any case of the digits", async () => {
    const proven = await claim();
    expect(isProven(proven)).to.be.true;
    expect(isProven({ ...proven, root: `0x${proven.root.slice(2).toUpperCase()}` })).to.be.true;
    expect(StandardMerkleTree.verify(proven.root, ["bytes32"], [valueAt(4)], proven.proof)).to.be.true;
  });

  it("is false for another leaf, root or proof, and for a pair of nodes in a leaf's place", async () => {
    const proven = await claim();
    const [, ...above] = proven.proof;
    const others: Partial<typeof proven>[] = [
      { hash: hashAt(5) },
      { root: valueAt(0) },
      { proof: above },
      { proof: [...proven.proof, valueAt(0)] },
      { proof: ["0x12", ...above] },
      { proof: ["no" as Hex, ...above] },
      { hash: hashLeaf(new Uint8Array([...proven.hash, ...getBytes(proven.proof[0]!)])), proof: above },
    ];
    for (const [place, other] of others.entries()) expect(isProven({ ...proven, ...other }), `${place}`).to.be.false;
  });
});

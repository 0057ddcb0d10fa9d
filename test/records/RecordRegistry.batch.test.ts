import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { expect } from "chai";
import { AbiCoder, concat, id, keccak256, MaxUint256, toBeHex, ZeroHash } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { licensed, loadFixture, record } from "../fixtures.js";

const PROVIDER = roleNumber("Provider");
const REGULATOR = roleNumber("Regulator");
const DIGEST = id("ciphertext");
const ALL_ONES = toBeHex(MaxUint256);

/** A patient's part of a batch. */
function entry(patient: { address: string }, name: string, digest = id(`ciphertext of ${name}`)) {
  return { patient: patient.address, commitment: id(name), digest };
}

describe("RecordRegistry", () => {
  describe("anchorBatch", () => {
    it("anchors records of several patients of one author", async () => {
      const { records, patient, stranger, hospital, nurse } = await loadFixture(licensed);
      const entries = [entry(patient, "first"), entry(patient, "second"), entry(stranger, "first")];
      const anchoring = records.connect(nurse).anchorBatch(PROVIDER, hospital, entries);
      for (const [index, name] of ["first", "second", "first"].entries()) {
        const of = index < 2 ? patient : stranger;
        const { id: recordId } = record(of, hospital, name);
        const { commitment, digest } = entries[index]!;
        await expect(anchoring)
          .to.emit(records, "RecordAnchored")
          .withArgs(recordId, of, hospital, commitment, digest, nurse);
        expect(await records.digestOf(recordId)).to.equal(digest);
      }
    });

    it("takes a large batch", async () => {
      const { records, patient, hospital } = await loadFixture(licensed);
      const entries = Array.from({ length: 200 }, (_, index) => entry(patient, `result ${index}`));
      await records.connect(hospital).anchorBatch(PROVIDER, hospital, entries);
      for (const index of [0, 100, 199]) {
        const { id: recordId } = record(patient, hospital, `result ${index}`);
        expect(await records.digestOf(recordId)).to.equal(entries[index]!.digest);
      }
    });

    it("takes an empty batch, which anchors nothing", async () => {
      const { records, hospital } = await loadFixture(licensed);
      await expect(records.connect(hospital).anchorBatch(PROVIDER, hospital, [])).not.to.emit(
        records,
        "RecordAnchored",
      );
    });

    it("leaves out what a patient erased beforehand, and anchors the others'", async () => {
      const { records, patient, stranger, hospital } = await loadFixture(licensed);
      const erased = record(patient, hospital, "first");
      await records.connect(patient).erase([erased.key]);
      const entries = [entry(patient, "first"), entry(stranger, "first")];
      const anchoring = await records.connect(hospital).anchorBatch(PROVIDER, hospital, entries);
      expect((await anchoring.wait())!.logs).to.have.length(1);
      expect(await records.isErased(erased.id)).to.be.true;
      expect(await records.digestOf(record(stranger, hospital, "first").id)).to.equal(entries[1]!.digest);
    });

    it("anchors nothing when a record is anchored already, in the same batch too", async () => {
      const { records, patient, hospital } = await loadFixture(licensed);
      const first = record(patient, hospital, "first");
      const entries = [entry(patient, "first"), entry(patient, "first", DIGEST)];
      await expect(records.connect(hospital).anchorBatch(PROVIDER, hospital, entries))
        .to.be.revertedWithCustomError(records, "RecordExists")
        .withArgs(first.id);
      expect(await records.digestOf(first.id)).to.equal(ZeroHash);
    });

    it("rejects zero and all ones as digest", async () => {
      const { records, patient, hospital } = await loadFixture(licensed);
      for (const digest of [ZeroHash, ALL_ONES]) {
        const entries = [entry(patient, "first"), entry(patient, "second", digest)];
        await expect(records.connect(hospital).anchorBatch(PROVIDER, hospital, entries))
          .to.be.revertedWithCustomError(records, "RecordDigestInvalid")
          .withArgs(digest);
      }
    });

    it("rejects whoever does not act for the accredited author, the patient as author among them", async () => {
      const { records, patient, clinic, hospital, stranger } = await loadFixture(licensed);
      for (const [author, caller] of [
        [hospital, stranger],
        [hospital, clinic],
        [hospital, patient],
        [patient, patient],
        [patient, hospital],
      ] as const) {
        await expect(records.connect(caller).anchorBatch(PROVIDER, author, [entry(patient, "first")]))
          .to.be.revertedWithCustomError(records, "RecordUnauthorized")
          .withArgs(author, caller, PROVIDER);
      }
    });

    it("rejects a role that does not write health records", async () => {
      const { records, patient, hospital } = await loadFixture(licensed);
      await expect(records.connect(hospital).anchorBatch(REGULATOR, hospital, [entry(patient, "first")]))
        .to.be.revertedWithCustomError(records, "RecordRoleInvalid")
        .withArgs(REGULATOR);
    });
  });

  /** A Merkle tree of five of the hospital's records of the patient, not anchored yet. */
  async function tree() {
    const house = await licensed();
    const { records, patient, hospital } = house;
    const results = ["first", "second", "third", "fourth", "fifth"].map((name) => ({
      ...record(patient, hospital, name),
      digest: id(`ciphertext of ${name}`),
    }));
    const merkle = StandardMerkleTree.of(
      results.map((result) => [result.id, result.digest]),
      ["bytes32", "bytes32"],
    );
    const isAnchored = (index: number, changes: { digest?: string; root?: string; proof?: string[] } = {}) => {
      const { key, digest } = results[index]!;
      const proven = { digest, root: merkle.root, proof: merkle.getProof(index), ...changes };
      return records.isAnchored(key, proven.digest, proven.root, proven.proof);
    };
    return { ...house, results, merkle, root: merkle.root, isAnchored };
  }

  /** {@link tree}, anchored. */
  async function anchoredTree() {
    const house = await tree();
    await house.records.connect(house.hospital).anchorRoot(PROVIDER, house.hospital, house.root, house.results.length);
    return house;
  }

  describe("anchorRoot", () => {
    it("anchors any number of records in one write", async () => {
      const { records, hospital, root } = await loadFixture(tree);
      await expect(records.connect(hospital).anchorRoot(PROVIDER, hospital, root, MaxUint256))
        .to.emit(records, "RootAnchored")
        .withArgs(hospital, root, MaxUint256, hospital);
      expect(await records.rootCountOf(hospital, root)).to.equal(MaxUint256);
    });

    it("anchors by the author's staff and names them as the actor", async () => {
      const { records, hospital, nurse, root } = await loadFixture(tree);
      await expect(records.connect(nurse).anchorRoot(PROVIDER, hospital, root, 1))
        .to.emit(records, "RootAnchored")
        .withArgs(hospital, root, 1, nurse);
    });

    it("rejects the zero root and an empty tree", async () => {
      const { records, hospital, root } = await loadFixture(tree);
      for (const [wrong, count] of [
        [ZeroHash, 1],
        [root, 0],
      ] as const) {
        await expect(records.connect(hospital).anchorRoot(PROVIDER, hospital, wrong, count))
          .to.be.revertedWithCustomError(records, "RootInvalid")
          .withArgs(wrong, count);
      }
    });

    it("rejects a root the author anchored already, but not another's", async () => {
      const { records, clinic, hospital, root } = await loadFixture(anchoredTree);
      await expect(records.connect(hospital).anchorRoot(PROVIDER, hospital, root, 7))
        .to.be.revertedWithCustomError(records, "RootExists")
        .withArgs(hospital, root);
      await records.connect(clinic).anchorRoot(PROVIDER, clinic, root, 7);
      expect(await records.rootCountOf(clinic, root)).to.equal(7);
      expect(await records.rootCountOf(hospital, root)).to.equal(5);
    });

    it("rejects whoever does not act for the accredited author", async () => {
      const { records, patient, hospital, root } = await loadFixture(tree);
      for (const [author, caller] of [
        [hospital, patient],
        [patient, patient],
        [patient, hospital],
      ] as const) {
        await expect(records.connect(caller).anchorRoot(PROVIDER, author, root, 1))
          .to.be.revertedWithCustomError(records, "RecordUnauthorized")
          .withArgs(author, caller, PROVIDER);
      }
    });

    it("rejects a role that does not write health records", async () => {
      const { records, hospital, root } = await loadFixture(tree);
      await expect(records.connect(hospital).anchorRoot(REGULATOR, hospital, root, 1))
        .to.be.revertedWithCustomError(records, "RecordRoleInvalid")
        .withArgs(REGULATOR);
    });
  });

  describe("isAnchored", () => {
    it("proves every record of the tree", async () => {
      const { results, isAnchored } = await loadFixture(anchoredTree);
      for (const index of results.keys()) expect(await isAnchored(index)).to.be.true;
    });

    it("proves a record under a root twenty levels deep", async () => {
      const { records, patient, hospital } = await loadFixture(licensed);
      const { key, id: recordId } = record(patient, hospital);
      const proof = Array.from({ length: 20 }, (_, level) => id(`level ${level}`));
      const root = proof.reduce(hashPair, leafOf(recordId, DIGEST));
      await records.connect(hospital).anchorRoot(PROVIDER, hospital, root, 2 ** 20);
      expect(await records.isAnchored(key, DIGEST, root, proof)).to.be.true;
      expect(await records.isAnchored(key, DIGEST, root, proof.slice(1))).to.be.false;
    });

    it("proves nothing under a root that is not anchored", async () => {
      const { isAnchored } = await loadFixture(tree);
      expect(await isAnchored(0)).to.be.false;
    });

    it("proves no other digest, proof or root", async () => {
      const { merkle, isAnchored } = await loadFixture(anchoredTree);
      expect(await isAnchored(0, { digest: DIGEST })).to.be.false;
      expect(await isAnchored(0, { proof: merkle.getProof(1) })).to.be.false;
      expect(await isAnchored(0, { proof: [] })).to.be.false;
      expect(await isAnchored(0, { root: id("another root") })).to.be.false;
    });

    it("proves no record of another patient or author, though that author anchored the same root", async () => {
      const { records, patient, clinic, hospital, stranger, merkle, root, results } = await loadFixture(anchoredTree);
      await records.connect(clinic).anchorRoot(PROVIDER, clinic, root, 5);
      for (const { key } of [record(patient, clinic, "first"), record(stranger, hospital, "first")]) {
        expect(await records.isAnchored(key, results[0]!.digest, root, merkle.getProof(0))).to.be.false;
      }
    });

    it("proves no record under the root of another author", async () => {
      const { records, patient, clinic, hospital } = await loadFixture(licensed);
      const { key, id: recordId } = record(patient, hospital);
      const root = leafOf(recordId, DIGEST);
      await records.connect(clinic).anchorRoot(PROVIDER, clinic, root, 1);
      expect(await records.isAnchored(key, DIGEST, root, [])).to.be.false;
    });

    it("takes no inner node for a leaf: leaves are hashed twice", async () => {
      const { records, patient, hospital } = await loadFixture(licensed);
      const { key, id: recordId } = record(patient, hospital);
      // What (id, digest) would hash to as a pair of nodes.
      const node = keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "bytes32"], [recordId, DIGEST]));
      const sibling = id("sibling");
      for (const [root, proof] of [
        [node, []],
        [hashPair(node, sibling), [sibling]],
      ] as const) {
        await records.connect(hospital).anchorRoot(PROVIDER, hospital, root, 1);
        expect(await records.isAnchored(key, DIGEST, root, [...proof])).to.be.false;
      }
    });

    it("proves no record that was amended, which anchoring it by itself does", async () => {
      const { records, patient, hospital, isAnchored } = await loadFixture(anchoredTree);
      const { key, id: recordId } = record(patient, hospital, "first");
      await records.connect(hospital).anchor(PROVIDER, key, id("amended"));
      expect(await isAnchored(0)).to.be.false;
      expect(await isAnchored(1)).to.be.true;
      expect(await records.digestOf(recordId)).to.equal(id("amended"));
    });

    it("proves no record that was erased, before or after the root", async () => {
      const { records, patient, hospital, root, isAnchored } = await loadFixture(tree);
      await records.connect(patient).erase([record(patient, hospital, "first").key]);
      await records.connect(hospital).anchorRoot(PROVIDER, hospital, root, 5);
      expect(await isAnchored(0)).to.be.false;
      expect(await isAnchored(1)).to.be.true;
      await records.connect(patient).erase([record(patient, hospital, "second").key]);
      expect(await isAnchored(1)).to.be.false;
    });
  });
});

function leafOf(recordId: string, digest: string): string {
  return StandardMerkleTree.of([[recordId, digest]], ["bytes32", "bytes32"]).root;
}

function hashPair(a: string, b: string): string {
  return keccak256(concat(BigInt(a) < BigInt(b) ? [a, b] : [b, a]));
}

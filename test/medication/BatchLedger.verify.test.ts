import { expect } from "chai";
import { encodeBytes32String, hexlify } from "ethers";
import fc from "fast-check";

import { loadFixture, time } from "../fixtures.js";
import {
  AUTHORITY,
  batchId,
  CLASS,
  CONDITION,
  container,
  containerId,
  DEPTH,
  EVIDENCE,
  handover,
  items,
  NOBODY,
  parcelId,
  REASON,
  RECALL,
  STATUS,
  stocked,
  TABLET,
  treeOf,
  unitIn,
} from "./ledger.js";

/** {@link stocked}, with the pack in hand. */
async function scanned() {
  const house = await stocked();
  return { ...house, unit: unitIn(house.whole, 0, house.tree) };
}

/** {@link scanned}, with the parcel in a case, on a pallet, in a cage, in a truck of the pharmacy's. */
async function nested() {
  const house = await scanned();
  const { batches, pharmacy, whole } = house;
  const containers = [1, 2, 3, 4].map((serial) => container(pharmacy, serial));
  const inside = [whole, ...containers];
  for (const [level, outer] of containers.entries()) {
    await batches.connect(pharmacy).pack(outer, items(inside[level]!), pharmacy);
  }
  return { ...house, containers, truck: containers[3]! };
}

describe("BatchLedger", () => {
  describe("verify", () => {
    it("tells all that is known of a good unit, to anybody", async () => {
      const { batches, pharmacy, stranger, whole, unit } = await loadFixture(scanned);
      const status = await batches.connect(stranger).verify(unit);
      const expected = {
        ...{ isGenuine: true, isDispensed: false, isReturned: false, isExpired: false, isBatchHeld: false },
        ...{ recall: RECALL.None, recallClass: CLASS.Unclassified, recallDepth: DEPTH.Wholesale },
        ...{ root: parcelId(whole), status: STATUS.InCustody, condition: CONDITION.Sound, heldBy: AUTHORITY.None },
        holder: pharmacy.address,
      };
      expect(status).to.deep.equal(Object.values<unknown>(expected).map(big));
    });

    it("tells that a unit is dispensed, came back, and is dispensed again", async () => {
      const { batches, pharmacy, tree, whole, unit } = await loadFixture(scanned);
      const known = async () => {
        const { isDispensed, isReturned, status } = await batches.verify(unit);
        return [isDispensed, isReturned, status];
      };
      await batches.connect(pharmacy).dispense(unit);
      expect(await known()).to.deep.equal([true, false, BigInt(STATUS.Opened)]);
      await batches.connect(pharmacy).returnToStock(unit);
      expect(await known()).to.deep.equal([false, true, BigInt(STATUS.Opened)]);
      await batches.connect(pharmacy).dispense(unit);
      expect(await known()).to.deep.equal([true, true, BigInt(STATUS.Opened)]);
      const next = await batches.verify(unitIn(whole, 1, tree));
      expect([next.isGenuine, next.isDispensed, next.isReturned]).to.deep.equal([true, false, false]);
    });

    it("tells that a unit is expired from the second of its expiry", async () => {
      const { batches, expiry, unit } = await loadFixture(scanned);
      await time.increaseTo(expiry - 1);
      expect((await batches.verify(unit)).isExpired).to.be.false;
      await time.increaseTo(expiry);
      expect((await batches.verify(unit)).isExpired).to.be.true;
    });

    it("tells that a regulator holds the batch", async () => {
      const { batches, regulator, unit } = await loadFixture(scanned);
      await batches.connect(regulator).holdBatch(batchId(), regulator, EVIDENCE);
      expect((await batches.verify(unit)).isBatchHeld).to.be.true;
      await batches.connect(regulator).releaseBatch(batchId(), regulator, EVIDENCE);
      expect((await batches.verify(unit)).isBatchHeld).to.be.false;
    });

    it("reaches a dispensed unit with a recall, also a terminated one", async () => {
      const { batches, regulator, maker, pharmacy, unit } = await loadFixture(scanned);
      await batches.connect(pharmacy).dispense(unit);
      await batches.connect(maker).recall(batchId(), maker, CLASS.II, DEPTH.Consumer, EVIDENCE);
      let status = await batches.verify(unit);
      expect([status.isDispensed, status.recall, status.recallClass, status.recallDepth]).to.deep.equal(
        [true, RECALL.Ongoing, CLASS.II, DEPTH.Consumer].map(big),
      );
      await batches.connect(regulator).terminateRecall(batchId(), regulator, EVIDENCE);
      status = await batches.verify(unit);
      expect([status.recall, status.recallClass]).to.deep.equal([RECALL.Terminated, CLASS.II].map(big));
      await batches.connect(regulator).rescindRecall(batchId(), regulator, EVIDENCE);
      expect((await batches.verify(unit)).recall).to.equal(RECALL.None);
    });

    it("calls nothing genuine that was not committed so", async () => {
      const { batches, tree, opioidTree, whole, unit } = await loadFixture(scanned);
      for (const forged of [
        { ...unit, serial: encodeBytes32String("FAKE") },
        { ...unit, number: 1 },
        { ...unit, proof: unitIn(whole, 1, tree).proof },
        { ...unit, proof: [] },
        { ...unit, serial: tree.root, proof: [] },
        { ...unit, serial: unit.proof[0]!, proof: unit.proof.slice(1) },
        unitIn(whole, 0, opioidTree),
        { ...unit, parcel: { ...whole, batch: EVIDENCE } },
        // Committed, but not in the parcel named.
        { ...unit, parcel: { ...whole, first: 1, count: 19 } },
        unitIn({ ...whole, count: 5 }, 5, tree),
      ]) {
        expect((await batches.verify(forged)).isGenuine, JSON.stringify(forged)).to.be.false;
      }
    });

    it("does not call genuine what the tree has beyond the batch's units", async () => {
      const { batches, maker, expiry, tree, whole } = await loadFixture(scanned);
      const lot = encodeBytes32String("B456");
      const batch = batchId(TABLET, lot);
      const larger = await treeOf(batch, tree.units);
      await batches.connect(maker).commission({ product: TABLET, lot }, { expiry, units: 10, root: larger.root });
      const parcel = { ...whole, batch };
      expect((await batches.verify(unitIn(parcel, 9, larger))).isGenuine).to.be.true;
      expect((await batches.verify(unitIn(parcel, 10, larger))).isGenuine).to.be.false;
    });

    it("knows no place of a parcel that was split, but that the unit is genuine, and finds the smaller one", async () => {
      const { batches, pharmacy, tree, whole, unit } = await loadFixture(scanned);
      await batches.connect(pharmacy).split(whole, [5, 15]);
      const status = await batches.verify(unit);
      expect([status.isGenuine, status.status, status.holder, status.root]).to.deep.equal([
        ...[true, BigInt(STATUS.None), NOBODY],
        parcelId(whole),
      ]);
      const part = { ...whole, count: 5 };
      expect((await batches.verify(unitIn(part, 0, tree))).status).to.equal(STATUS.InCustody);
    });

    it("names nobody as the holder in transit", async () => {
      const { batches, pharmacy, branch, whole, unit } = await loadFixture(scanned);
      await batches.connect(pharmacy).ship(items(whole), handover(pharmacy, "Pharmacy", branch, "Pharmacy"), EVIDENCE);
      const { status, holder } = await batches.verify(unit);
      expect([status, holder]).to.deep.equal([BigInt(STATUS.InTransit), NOBODY]);
    });

    it("names who lost it, or destroyed it", async () => {
      const { batches, pharmacy, whole, unit } = await loadFixture(scanned);
      await batches.connect(pharmacy).reportMissing([parcelId(whole)], pharmacy, EVIDENCE);
      let { status, holder } = await batches.verify(unit);
      expect([status, holder]).to.deep.equal([BigInt(STATUS.Missing), pharmacy.address]);
      await batches.connect(pharmacy).recover([parcelId(whole)], pharmacy, EVIDENCE);
      await batches.connect(pharmacy).destroy([parcelId(whole)], pharmacy, EVIDENCE);
      ({ status, holder } = await batches.verify(unit));
      expect([status, holder]).to.deep.equal([BigInt(STATUS.Destroyed), pharmacy.address]);
    });

    it("never reverts, whatever it is asked", async () => {
      const { batches, whole, unit } = await loadFixture(scanned);
      const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(hexlify);
      const number = fc.oneof(fc.constantFrom(0, 1, 19, 20, 2 ** 24 - 1), fc.nat(2 ** 24 - 1));
      const garbage = fc.record({
        parcel: fc.record({ batch: fc.oneof(fc.constant(whole.batch), bytes32), first: number, count: number }),
        number,
        serial: fc.oneof(fc.constant(unit.serial), bytes32),
        proof: fc.oneof(fc.constant(unit.proof), fc.array(bytes32, { maxLength: 30 })),
      });
      await fc.assert(
        fc.asyncProperty(garbage, async (asked) => {
          const { isGenuine } = await batches.verify(asked);
          expect(isGenuine).to.equal(
            asked.parcel.batch === whole.batch &&
              asked.parcel.first === 0 &&
              asked.parcel.count > 0 &&
              asked.number === 0 &&
              asked.serial === unit.serial &&
              asked.proof === unit.proof,
          );
        }),
        { numRuns: 25 },
      );
    });

    it("climbs four containers to who holds the outermost", async () => {
      const { batches, pharmacy, truck, unit } = await loadFixture(nested);
      const { root, status, holder, isGenuine } = await batches.verify(unit);
      expect([root, status, holder, isGenuine]).to.deep.equal([
        ...[containerId(truck), BigInt(STATUS.InCustody), pharmacy.address, true],
      ]);
    });

    it("climbs four containers to what is known against the outermost", async () => {
      const { batches, regulator, truck, unit } = await loadFixture(nested);
      const by = { organisation: regulator.address, authority: AUTHORITY.Regulator };
      await batches.connect(regulator).setCondition(items(truck), by, CONDITION.OnHold, REASON.Other, EVIDENCE);
      const { condition, heldBy } = await batches.verify(unit);
      expect([condition, heldBy]).to.deep.equal([CONDITION.OnHold, AUTHORITY.Regulator].map(big));
    });

    it("climbs four containers in transit, and finds the new holder after", async () => {
      const { batches, pharmacy, branch, truck, unit } = await loadFixture(nested);
      const shipment = handover(pharmacy, "Pharmacy", branch, "Pharmacy");
      await batches.connect(pharmacy).ship(items(truck), shipment, EVIDENCE);
      let known = await batches.verify(unit);
      expect([known.root, known.status, known.holder]).to.deep.equal([
        ...[containerId(truck), BigInt(STATUS.InTransit), NOBODY],
      ]);
      await batches.connect(branch).receiveItems([containerId(truck)], pharmacy, branch, shipment.toRole);
      known = await batches.verify(unit);
      expect([known.status, known.holder]).to.deep.equal([BigInt(STATUS.InCustody), branch.address]);
    });

    it("climbs no higher than to the outermost left after unpacking", async () => {
      const { batches, pharmacy, containers, truck, unit } = await loadFixture(nested);
      await batches.connect(pharmacy).unpack(containerId(truck), [containerId(containers[2]!)], pharmacy);
      expect((await batches.verify(unit)).root).to.equal(containerId(containers[2]!));
    });
  });
});

/** As ethers gives numbers back. */
function big<T>(value: T): T | bigint {
  return typeof value === "number" ? BigInt(value) : value;
}

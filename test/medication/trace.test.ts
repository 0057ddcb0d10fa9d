import { expect } from "chai";
import { id } from "ethers";

import type { Hex } from "../../src/crypto/bytes.js";
import { itemId } from "../../src/medication/item.js";
import { UnitNotInBatchError } from "../../src/medication/lineage.js";
import { trace } from "../../src/medication/trace.js";
import { roleNumber } from "../../src/accreditation/role.js";
import { loadFixture, time } from "../fixtures.js";
import { refusal } from "../sdk.js";
import { dispensaries, OPENING } from "./pharmacies.js";
import { AUTHORITY, CLASS, CONDITION, DEPTH, EVIDENCE, handover, items, REASON, unitIn } from "./ledger.js";
import { addressOf, distributed, joined, range, TABLETS } from "./reading.js";

const FINDING = { Verified: 0, Duplicate: 1, Unknown: 2 } as const;

async function read() {
  const house = await loadFixture(distributed);
  const aceso = await joined(house, house.stranger);
  return { ...house, aceso, steps: (unit: number) => trace(aceso, { batch: TABLETS, unit }) };
}

/** What happened, in order. */
async function told(steps: Promise<{ what: string }[]>): Promise<string[]> {
  return (await steps).map(({ what }) => what);
}

describe("trace", () => {
  it("follows a pack through its parcels, and the containers around them", async () => {
    const { steps, maker, wholesaler, pharmacy, palletId, crateId } = await read();
    const found = await steps(3);
    expect(found.map(({ what, item }) => [what, item])).to.deep.equal([
      ["commissioned", undefined],
      ["split", itemId(range(0, 20))],
      ["packed", itemId(range(0, 8))],
      ["packed", crateId],
      ["shipped", palletId],
      ["received", palletId],
      ["shipped", palletId],
      ["received", palletId],
    ]);
    expect(found[0]).to.include({ by: maker.address, actor: maker.address });
    expect(found[3]).to.include({ container: palletId, by: maker.address });
    expect(found[6]).to.include({ from: wholesaler.address, to: pharmacy.address, document: EVIDENCE });
    for (const { at, block, transaction } of found) {
      expect(at).to.be.lessThanOrEqual(await time.latest());
      expect(block).to.be.greaterThan(0);
      expect(transaction).to.match(/^0x[0-9a-f]{64}$/);
    }
  });

  it("leaves out what happened to a container before the pack was in it and after it was out", async () => {
    const { steps, batches, pharmacy, branch } = await read();
    const ledger = batches.connect(pharmacy);
    const box = { packer: addressOf(pharmacy), label: id("box") as Hex, batches: [TABLETS] };
    const condition = (now: number) => {
      const by = { organisation: pharmacy, authority: AUTHORITY.Holder };
      return ledger.setCondition(items(box), by, now, REASON.Damage, EVIDENCE);
    };
    await ledger.split(range(8, 4), [2, 1, 1]);
    await ledger.pack(box, items(range(11, 1)), pharmacy);
    await condition(CONDITION.OnHold);
    await condition(CONDITION.Sound);
    await ledger.pack(box, items(range(10, 1)), pharmacy);
    await condition(CONDITION.Suspect);
    await ledger.unpack(itemId(box), [itemId(range(10, 1))], pharmacy);
    await condition(CONDITION.Sound);
    await ledger.ship(items(box), handover(pharmacy, "Pharmacy", branch, "Pharmacy"), EVIDENCE);
    const found = (await steps(10)).slice(-4);
    expect(found.map(({ what }) => what)).to.deep.equal(["split", "packed", "condition set", "unpacked"]);
    expect(found[2]).to.include({ item: itemId(box), condition: "suspect" });
  });

  it("tells conditions, losses, rejections and what befell the whole batch", async () => {
    const { steps, batches, maker, wholesaler, branch, regulator } = await read();
    await batches.connect(branch).reject([itemId(range(12, 4))], wholesaler, branch);
    await batches
      .connect(wholesaler)
      .ship(items(range(12, 4)), handover(wholesaler, "Distributor", branch, "Pharmacy"), EVIDENCE);
    await batches.connect(wholesaler).cancelShipment([itemId(range(12, 4))], wholesaler, branch);
    const by = { organisation: wholesaler, authority: AUTHORITY.Holder };
    await batches.connect(wholesaler).setCondition(items(range(12, 4)), by, CONDITION.OnHold, REASON.Damage, EVIDENCE);
    await batches.connect(wholesaler).reportMissing([itemId(range(12, 4))], wholesaler, EVIDENCE);
    await batches.connect(wholesaler).recover([itemId(range(12, 4))], wholesaler, EVIDENCE);
    await batches.connect(wholesaler).destroy([itemId(range(12, 4))], wholesaler, EVIDENCE);
    await batches.connect(regulator).holdBatch(TABLETS, regulator, EVIDENCE);
    await batches.connect(regulator).releaseBatch(TABLETS, regulator, EVIDENCE);
    await batches.connect(maker).recall(TABLETS, maker, CLASS.II, DEPTH.Retail, id("notice"));
    await batches.connect(regulator).terminateRecall(TABLETS, regulator, EVIDENCE);
    await batches.connect(regulator).rescindRecall(TABLETS, regulator, EVIDENCE);
    const found = (await steps(12)).slice(5);
    expect(found.map(({ what }) => what)).to.deep.equal([
      "rejected",
      "shipped",
      "cancelled",
      "condition set",
      "missing",
      "found",
      "destroyed",
      "batch held",
      "batch released",
      "recalled",
      "recall terminated",
      "recall rescinded",
    ]);
    const [, , , held] = found;
    expect(held).to.include({ condition: "on hold", authority: "holder", reason: "damage", by: wholesaler.address });
    expect(found[9]).to.include({ by: maker.address, document: id("notice") });
  });

  it("tells dispenses, returns and reports of this unit alone", async () => {
    const { steps, batches, pharmacy, branch, tree } = await read();
    const report = {
      batch: TABLETS,
      number: 9,
      serial: id("a serial"),
      finding: FINDING.Duplicate,
      evidence: EVIDENCE,
    };
    await batches.connect(branch).report(report, branch, roleNumber("Pharmacy"));
    await batches.connect(branch).report({ ...report, finding: FINDING.Unknown }, branch, roleNumber("Pharmacy"));
    await batches.connect(pharmacy).returnToStock(unitIn(range(8, 4), 9, tree));
    const found = (await steps(9)).slice(-3);
    expect(found.map(({ what }) => what)).to.deep.equal(["dispensed", "reported", "returned to stock"]);
    expect(found[0]).to.include({ by: pharmacy.address }).and.not.have.property("prescription");
    expect(found[1]).to.include({ report: "duplicate", by: branch.address, document: EVIDENCE });
    expect(await told(steps(8))).not.to.include.members(["dispensed"]);
  });

  it("names the prescription", async () => {
    const house = await loadFixture(dispensaries);
    const { prescriptions, doctor, pharmacy, prescription, key, pack, opioids } = house;
    await prescriptions.connect(doctor).issue(prescription, pharmacy);
    await prescriptions.connect(pharmacy).fill(prescription, 1, pack(2), OPENING);
    const steps = await trace(await joined(house), { batch: opioids.batch as Hex, unit: 2 });
    expect(steps.at(-1)).to.include({ what: "dispensed", prescription: key, by: pharmacy.address });
  });

  it("refuses a number the batch has no unit of", async () => {
    const { steps } = await read();
    await refusal(steps(20), UnitNotInBatchError);
  });
});

import { expect } from "chai";
import { id } from "ethers";

import type { Hex } from "../../src/crypto/bytes.js";
import { affected } from "../../src/medication/affected.js";
import { itemId } from "../../src/medication/item.js";
import { BatchNotCommissionedError } from "../../src/medication/lineage.js";
import { loadFixture, time } from "../fixtures.js";
import { refusal } from "../sdk.js";
import { EVIDENCE } from "./ledger.js";
import { dispensaries, OPENING } from "./pharmacies.js";
import { distributed, joined, range, TABLETS } from "./reading.js";

async function read() {
  const house = await loadFixture(distributed);
  return { ...house, aceso: await joined(house) };
}

describe("affected", () => {
  it("tells who holds how many units, also in containers, what is on its way, and what patients have", async () => {
    const { aceso, maker, wholesaler, pharmacy, branch } = await read();
    const dispensedAt = await time.latest();
    const found = await affected(aceso, TABLETS);
    expect(found.standing).to.include({ batch: TABLETS, lot: "A123" });
    expect(found.holders).to.deep.equal([
      { holder: pharmacy.address, units: 11, parcels: [range(0, 8), range(8, 4)] },
      { holder: maker.address, units: 4, parcels: [range(16, 4)] },
    ]);
    expect(found.inTransit).to.deep.equal([
      { from: wholesaler.address, to: branch.address, document: EVIDENCE, units: 4, parcels: [range(12, 4)] },
    ]);
    expect(found.dispensed).to.have.length(1);
    expect(found.dispensed[0]).to.include({ batch: TABLETS, unit: 9, pharmacy: pharmacy.address, at: dispensedAt });
    expect([found.missing, found.destroyed]).to.deep.equal([[], []]);
  });

  it("tells what is missing and destroyed", async () => {
    const { aceso, batches, maker } = await read();
    await batches.connect(maker).split(range(16, 4), [1, 3]);
    await batches.connect(maker).reportMissing([itemId(range(16, 1))], maker, EVIDENCE);
    await batches.connect(maker).destroy([itemId(range(17, 3))], maker, EVIDENCE);
    const { holders, missing, destroyed } = await affected(aceso, TABLETS);
    expect(holders).to.have.length(1);
    expect(missing).to.deep.equal([{ holder: maker.address, units: 1, parcels: [range(16, 1)] }]);
    expect(destroyed).to.deep.equal([{ holder: maker.address, units: 3, parcels: [range(17, 3)] }]);
  });

  it("names the prescription of a dispensed unit, and nobody whose parcel is all dispensed", async () => {
    const house = await loadFixture(dispensaries);
    const { batches, prescriptions, doctor, pharmacy, prescription, key, pack, mine } = house;
    await batches.connect(pharmacy).split(mine, [1, 9]);
    await prescriptions.connect(doctor).issue(prescription, pharmacy);
    const unit = { ...pack(0), parcel: { ...mine, count: 1 } };
    await prescriptions.connect(pharmacy).fill(prescription, 1, unit, OPENING);
    const { holders, dispensed } = await affected(await joined(house), mine.batch as Hex);
    expect(dispensed.map((one) => [one.unit, one.prescription])).to.deep.equal([[0, key]]);
    expect(holders.map(({ units, parcels }) => [units, parcels.length])).to.deep.equal([
      [10, 1],
      [9, 1],
    ]);
  });

  it("refuses a batch that was never commissioned", async () => {
    const { aceso } = await read();
    await refusal(affected(aceso, id("no batch") as Hex), BatchNotCommissionedError);
  });
});

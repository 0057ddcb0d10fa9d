import { expect } from "chai";

import { itemId } from "../../src/medication/item.js";
import { NearExpiryError, stock } from "../../src/medication/stock.js";
import { loadFixture, time } from "../fixtures.js";
import { refusal } from "../sdk.js";
import { container, containerId, EVIDENCE, handover, items, parcelId, unitIn } from "./ledger.js";
import { addressOf, distributed, joined, range, TABLETS } from "./reading.js";

const DAY = 24 * 60 * 60;

async function read() {
  const house = await loadFixture(distributed);
  const aceso = await joined(house);
  const held = async (who: { address: string }, options = {}) => {
    const found = await stock(aceso, addressOf(who), options);
    return new Map(found.map((stocked) => [stocked.id as string, stocked]));
  };
  return { ...house, aceso, held };
}

describe("stock", () => {
  it("tells the parcels and containers somebody holds, and the units left in each", async () => {
    const { held, pharmacy, pallet, palletId, expiry } = await read();
    const found = await held(pharmacy);
    expect([...found.keys()]).to.have.members([palletId, itemId(range(8, 4))]);
    expect(found.get(palletId)).to.deep.include({ item: pallet, unitsLeft: 8, expiry, verdict: "genuine" });
    expect(found.get(palletId)!.contents).to.have.length(2);
    const parcel = found.get(itemId(range(8, 4)))!;
    expect(parcel).to.deep.include({ item: range(8, 4), unitsLeft: 3, contents: [], findings: [] });
    expect(parcel.custody.status).to.equal("opened");
    expect(parcel.batches.map(({ lot }) => lot)).to.deep.equal(["A123"]);
  });

  it("counts a unit again that came back to stock", async () => {
    const { held, batches, pharmacy, tree } = await read();
    await batches.connect(pharmacy).returnToStock(unitIn(range(8, 4), 9, tree));
    expect((await held(pharmacy)).get(itemId(range(8, 4)))!.unitsLeft).to.equal(4);
  });

  it("tells what was made, split off, taken out of a container, and what came back", async () => {
    const { held, batches, maker, pharmacy, wholesaler, branch, palletId, crateId, opioids } = await read();
    const made = await held(maker);
    expect([...made.keys()]).to.have.members([itemId(range(16, 4)), parcelId(opioids)]);
    await batches.connect(pharmacy).unpack(palletId, [crateId], pharmacy);
    await batches.connect(pharmacy).split(range(8, 4), [1, 3]);
    const ids = [crateId, itemId(range(8, 1)), itemId(range(9, 3))];
    expect([...(await held(pharmacy)).keys()]).to.have.members(ids);
    expect((await held(wholesaler)).size).to.equal(0);
    await batches.connect(branch).reject([itemId(range(12, 4))], wholesaler, branch);
    expect([...(await held(wholesaler)).keys()]).to.deep.equal([itemId(range(12, 4))]);
  });

  it("tells a parcel that is in a container once, by the container", async () => {
    const { held, batches, pharmacy, palletId } = await read();
    const box = container(pharmacy, 31);
    await batches.connect(pharmacy).split(range(8, 4), [2, 2]);
    await batches.connect(pharmacy).pack(box, items(range(10, 2)), pharmacy);
    expect([...(await held(pharmacy)).keys()]).to.have.members([palletId, containerId(box), itemId(range(8, 2))]);
  });

  it("leaves out what is on its way, missing or destroyed", async () => {
    const { held, batches, maker, pharmacy, branch, palletId, pallet, opioids } = await read();
    await batches.connect(pharmacy).ship(items(pallet), handover(pharmacy, "Pharmacy", branch, "Pharmacy"), EVIDENCE);
    expect((await held(pharmacy)).has(palletId)).to.be.false;
    await batches.connect(maker).destroy([itemId(range(16, 4))], maker, EVIDENCE);
    await batches.connect(maker).reportMissing([parcelId(opioids)], maker, EVIDENCE);
    expect((await held(maker)).size).to.equal(0);
  });

  it("flags what is recalled, held or expired, and what soon will be", async () => {
    const { held, batches, pharmacy, regulator, expiry } = await read();
    const near = async (nearExpiryDays?: number) => {
      const options = nearExpiryDays === undefined ? {} : { nearExpiryDays };
      return (await held(pharmacy, options)).get(itemId(range(8, 4)))!;
    };
    expect((await near()).nearsExpiry).to.be.false;
    expect((await near(366)).nearsExpiry).to.be.true;
    await time.increaseTo(expiry - 30 * DAY);
    expect((await near()).nearsExpiry).to.be.true;
    expect((await near(29)).nearsExpiry).to.be.false;
    await batches.connect(regulator).holdBatch(TABLETS, regulator, EVIDENCE);
    await batches.connect(regulator).recall(TABLETS, regulator, 0, 0, EVIDENCE);
    await time.increaseTo(expiry);
    const { verdict, findings } = await near(0);
    expect(verdict).to.equal("recalled");
    expect(findings.map(({ name }) => name)).to.deep.equal(["Recalled", "Expired", "BatchHeld"]);
  });

  it("refuses days that are no number", async () => {
    const { held, pharmacy } = await read();
    for (const nearExpiryDays of [-1, NaN]) await refusal(held(pharmacy, { nearExpiryDays }), NearExpiryError);
  });
});

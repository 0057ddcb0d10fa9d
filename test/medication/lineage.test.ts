import { expect } from "chai";
import { id } from "ethers";

import type { Hex } from "../../src/crypto/bytes.js";
import { itemId, ssccLabel } from "../../src/medication/item.js";
import {
  BatchNotCommissionedError,
  containersLabelled,
  contentsOf,
  itemsById,
  ItemsUnknownError,
  parcelsOf,
  parcelWith,
  UnitNotInBatchError,
} from "../../src/medication/lineage.js";
import { loadFixture } from "../fixtures.js";
import { refusal } from "../sdk.js";
import { items } from "./ledger.js";
import { addressOf, distributed, joined, range, SSCC, TABLETS } from "./reading.js";

const UNKNOWN = id("no such thing") as Hex;

async function read() {
  const house = await loadFixture(distributed);
  return { ...house, aceso: await joined(house) };
}

describe("parcelsOf", () => {
  it("tells the parcels a batch was split into, also again, in the order of its units", async () => {
    const { aceso, batches, pharmacy } = await read();
    await batches.connect(pharmacy).split(range(8, 4), [1, 3]);
    const parcels = [range(0, 8), range(8, 1), range(9, 3), range(12, 4), range(16, 4)];
    expect(await parcelsOf(aceso, TABLETS)).to.deep.equal(parcels);
  });

  it("refuses a batch that was never commissioned", async () => {
    const { aceso } = await read();
    await refusal(parcelsOf(aceso, UNKNOWN), BatchNotCommissionedError);
  });
});

describe("parcelWith", () => {
  it("follows the splits down to the parcel a unit is in now", async () => {
    const { aceso, batches, pharmacy } = await read();
    await batches.connect(pharmacy).split(range(8, 4), [1, 3]);
    expect(await parcelWith(aceso, TABLETS, 8)).to.deep.equal(range(8, 1));
    expect(await parcelWith(aceso, TABLETS, 11)).to.deep.equal(range(9, 3));
    expect(await parcelWith(aceso, TABLETS, 19)).to.deep.equal(range(16, 4));
  });

  it("refuses a number the batch has no unit of", async () => {
    const { aceso } = await read();
    for (const unit of [-1, 20, 1.5]) await refusal(parcelWith(aceso, TABLETS, unit), UnitNotInBatchError);
  });
});

describe("containersLabelled", () => {
  it("tells who packed what under a label, once, also when it was emptied and packed again", async () => {
    const { aceso, batches, pharmacy, maker, pallet, palletId, crate, crateId } = await read();
    await batches.connect(pharmacy).unpack(palletId, [crateId], pharmacy);
    const house = { ...pallet, packer: pharmacy.address };
    await batches.connect(pharmacy).pack(house, items(crate), pharmacy);
    const found = await containersLabelled(aceso, ssccLabel(SSCC));
    expect(found.map(({ packer }) => packer)).to.deep.equal([maker.address, pharmacy.address]);
    expect(found[0]).to.deep.equal({ ...pallet, id: palletId });
    await batches.connect(pharmacy).unpack(itemId(found[1]!), [crateId], pharmacy);
    await batches.connect(pharmacy).pack(house, items(crate), pharmacy);
    expect(await containersLabelled(aceso, ssccLabel(SSCC))).to.have.length(2);
  });
});

describe("itemsById", () => {
  it("finds the keys of parcels and containers", async () => {
    const { aceso, crate, crateId } = await read();
    const parcel = range(12, 4);
    const whole = range(0, 20);
    const found = await itemsById(aceso, [crateId, itemId(parcel), itemId(whole)]);
    expect([...found.values()]).to.deep.equal([crate, parcel, whole]);
  });

  it("names the ids that are nobody's, also when they are of other batches than said", async () => {
    const { aceso, opioids } = await read();
    const other = itemId({ ...opioids, batch: opioids.batch as Hex });
    expect([...(await itemsById(aceso, [other])).keys()]).to.deep.equal([other]);
    const { ids } = await refusal(itemsById(aceso, [other], { batches: [TABLETS] }), ItemsUnknownError);
    expect(ids).to.deep.equal([other]);
  });
});

describe("contentsOf", () => {
  it("looks into containers in containers", async () => {
    const { aceso, crate, crateId, palletId } = await read();
    expect(await contentsOf(aceso, [palletId])).to.deep.equal([
      { id: crateId, item: crate, container: palletId },
      { id: itemId(range(0, 8)), item: range(0, 8), container: crateId },
    ]);
  });

  it("leaves out what was taken out, until it is packed again", async () => {
    const { aceso, batches, pharmacy, pallet, palletId, crate, crateId } = await read();
    await batches.connect(pharmacy).unpack(palletId, [crateId], pharmacy);
    expect(await contentsOf(aceso, [palletId])).to.deep.equal([]);
    // The label is its packer's.
    const own = { ...pallet, packer: addressOf(pharmacy), label: pallet.label as Hex, batches: [TABLETS] };
    await batches.connect(pharmacy).pack(own, items(crate), pharmacy);
    expect(await contentsOf(aceso, [itemId(own)])).to.have.length(2);
  });
});

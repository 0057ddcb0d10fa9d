import { expect } from "chai";

import { accountOf } from "../../src/aceso.js";
import { revokeLicence } from "../../src/accreditation/accreditation.js";
import { MalformedDigestError } from "../../src/crypto/digest.js";
import { cancelShipment, receive, reject, ship } from "../../src/medication/handover.js";
import { itemId, ssccLabel, type Container } from "../../src/medication/item.js";
import { idsOf, pack, split, unpack } from "../../src/medication/parcel.js";
import { recall } from "../../src/medication/recall.js";
import { refusal, revert } from "../sdk.js";
import { STATUS } from "./ledger.js";
import { atMaker, DIGEST, toWholesaler, type People } from "./people.js";

const LABEL = ssccLabel("003000100000000015");

/** A container of the maker's, for both batches. */
function box({ maker, whole, opioids }: People): Container {
  return { packer: accountOf(maker), label: LABEL, batches: [opioids.batch, whole.batch] };
}

describe("split", () => {
  it("gives the new parcels, one after another", async () => {
    const { maker, whole, house } = await atMaker();
    const { result } = await split(maker, { parcel: whole, counts: [5, 12, 3] }).send();
    const { batch } = whole;
    expect(result).to.deep.equal([
      { batch, first: 0, count: 5 },
      { batch, first: 5, count: 12 },
      { batch, first: 17, count: 3 },
    ]);
    const again = await split(maker, { parcel: result[1]!, counts: [2, 10] }).send();
    expect(again.result[1]).to.deep.equal({ batch, first: 7, count: 10 });
    for (const parcel of [result[0]!, result[2]!, ...again.result])
      expect((await house.batches.custodyOf(itemId(parcel))).holder).to.equal(maker.account);
  });

  it("is refused when parts do not add up, or by another than the holder", async () => {
    const { maker, rival, whole } = await atMaker();
    await revert(split(maker, { parcel: whole, counts: [5, 5] }).send(), "SplitInvalid");
    await revert(split(rival, { parcel: whole, counts: [5, 15] }).send(), "CustodyUnauthorized");
  });
});

describe("pack and unpack", () => {
  it("put items in a container, whatever the order of its batches, and take them out", async () => {
    const all = await atMaker();
    const { maker, whole, opioids, house } = all;
    const container = box(all);
    await pack(maker, { container, items: [whole, opioids] }).send();
    const status = async () => Number((await house.batches.custodyOf(itemId(whole))).status);
    expect(await status()).to.equal(STATUS.Packed);
    const turned = { ...container, batches: [...container.batches].reverse() };
    await unpack(maker, { container: turned, items: [whole, itemId(opioids)] }).send();
    expect(await status()).to.equal(STATUS.InCustody);
    await revert(unpack(maker, { container: itemId(container), items: [whole] }).send(), "ItemUnknown");
  });

  it("are refused by name", async () => {
    const all = await atMaker();
    const { maker, rival, whole, opioids } = all;
    const container = { ...box(all), batches: [whole.batch] };
    await revert(pack(maker, { container, items: [opioids] }).send(), "ContainerBatchMissing");
    await revert(pack(maker, { container, items: [] }).send(), "ItemsMissing");
    const theirs = { ...container, packer: accountOf(rival) };
    await revert(pack(maker, { container: theirs, items: [whole] }).send(), "ContainerNotYours");
    await revert(pack(rival, { container, items: [whole], holder: accountOf(maker) }).send(), "CustodyUnauthorized");
    await pack(maker, { container, items: [whole] }).send();
    await revert(unpack(maker, { container, items: [opioids] }).send(), "ItemNotInside");
  });
});

describe("idsOf", () => {
  it("takes items by key and by id", async () => {
    const { whole, opioids } = await atMaker();
    expect(idsOf([whole, itemId(opioids)])).to.deep.equal([itemId(whole), itemId(opioids)]);
  });
});

describe("ship and receive", () => {
  it("hand items over, parcels and containers, by key or id", async () => {
    const all = await atMaker();
    const { maker, wholesaler, whole, opioids, house } = all;
    const container = { ...box(all), batches: [opioids.batch] };
    await pack(maker, { container, items: [opioids] }).send();
    await ship(maker, { items: [whole, container], ...toWholesaler(all) }).send();
    const custody = async () => house.batches.custodyOf(itemId(whole));
    expect(Number((await custody()).status)).to.equal(STATUS.InTransit);
    const arrived = { items: [whole, itemId(container)], from: accountOf(maker), role: "Distributor" } as const;
    await receive(wholesaler, arrived).send();
    expect((await custody()).holder).to.equal(wholesaler.account);
    await revert(receive(wholesaler, arrived).send(), "ShipmentUnknown");
  });

  it("are refused to an unlicensed consignee, to oneself and from another's stock", async () => {
    const all = await atMaker();
    const { maker, rival, wholesaler, stranger, admin, whole } = all;
    const shipment = { items: [whole], ...toWholesaler(all) };
    const args = await revert(ship(maker, { ...shipment, to: accountOf(stranger) }).send(), "PartnerInvalid");
    expect(args).to.deep.equal({ organisation: stranger.account, role: 5n });
    await revert(ship(maker, { ...shipment, toRole: "Pharmacy" }).send(), "PartnerInvalid");
    await revert(ship(maker, { ...shipment, to: accountOf(maker) }).send(), "ConsigneeIsConsignor");
    await revert(ship(rival, shipment).send(), "ItemNotHeldBy");
    await revert(ship(rival, { ...shipment, from: accountOf(maker) }).send(), "CustodyUnauthorized");
    await revert(ship(maker, { ...shipment, items: [] }).send(), "ItemsMissing");
    await refusal(() => ship(maker, { ...shipment, document: "0x" }), MalformedDigestError);
    await ship(maker, shipment).send();
    await revokeLicence(admin, { participant: accountOf(wholesaler), role: "Distributor" }).send();
    const arrived = { items: [whole], from: accountOf(maker), role: "Distributor" } as const;
    await revert(receive(wholesaler, arrived).send(), "PartnerInvalid");
  });

  it("are refused onward when a batch is recalled, and let through for return", async () => {
    const all = await atMaker();
    const { maker, pharmacy, whole } = all;
    await recall(maker, { batch: whole.batch, depth: "retail", notice: DIGEST }).send();
    const onward = { items: [whole], ...toWholesaler(all), to: accountOf(pharmacy), toRole: "Pharmacy" } as const;
    expect(await revert(ship(maker, onward).send(), "GoodsUnsafe")).to.deep.equal({ item: itemId(whole) });
    await ship(maker, { items: [whole], ...toWholesaler(all) }).send();
  });
});

describe("reject and cancelShipment", () => {
  it("give items back to the sender", async () => {
    const all = await atMaker();
    const { maker, wholesaler, whole, house } = all;
    const [items, from, to] = [[whole], accountOf(maker), accountOf(wholesaler)] as const;
    const holder = async () => (await house.batches.custodyOf(itemId(whole))).holder;
    await ship(maker, { items, ...toWholesaler(all) }).send();
    await revert(reject(maker, { items, from, to }).send(), "CustodyUnauthorized");
    await revert(cancelShipment(wholesaler, { items, from, to }).send(), "CustodyUnauthorized");
    await reject(wholesaler, { items: [itemId(whole)], from }).send();
    expect(await holder()).to.equal(from);
    await ship(maker, { items, ...toWholesaler(all) }).send();
    await cancelShipment(maker, { items, to }).send();
    expect(await holder()).to.equal(from);
    await revert(cancelShipment(maker, { items, to }).send(), "ShipmentUnknown");
  });
});

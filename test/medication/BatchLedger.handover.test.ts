import { expect } from "chai";
import { AbiCoder, encodeBytes32String, getAddress, id, keccak256 } from "ethers";

import { ROLES, roleNumber, type Role } from "../../src/accreditation/role.js";
import { FAR, loadFixture, time } from "../fixtures.js";
import { AUTHORITY, batchId, CLASS, commissioned, CONDITION, container, deliver, DEPTH, EVIDENCE } from "./ledger.js";
import { handover, itemId, items, KIND, LOT, OPIOID, parcelId, REASON, STATUS, UNITS } from "./ledger.js";
import type { Container, Parcel } from "./ledger.js";

const SYRUP = encodeBytes32String("gtin:00300010777773");
const [TABLETS, OPIOIDS, SYRUPS] = [batchId(), batchId(OPIOID), batchId(SYRUP)];
const TRADING: readonly Role[] = ["Manufacturer", "Distributor", "Pharmacy", "Provider"];
const DOCUMENT = id("despatch advice");

/**
 * Tablets, opioids and a rival's syrup at the wholesaler's: a parcel of tablets and one to spare, a closed case of tablets
 * and opioids, and a mixed one with the syrup too. The hospital is a provider.
 */
async function warehouse() {
  const house = await commissioned();
  const { accreditation, products, batches, regulator, maker, rival, wholesaler, hospital, expiry, whole, opioids } =
    house;
  await accreditation.accredit(hospital, roleNumber("Provider"), FAR);
  const authorisation = { manufacturer: rival, until: FAR, kind: KIND.Drug, prescriptionOnly: false, coldChain: false };
  await products.connect(regulator).authorise(SYRUP, authorisation, regulator);
  const commission = { expiry: expiry + 1000, units: UNITS, root: id("serials of the syrup") };
  await batches.connect(rival).commission({ product: SYRUP, lot: LOT }, commission);
  await batches.connect(maker).split(whole, [5, 5, 5, 5]);
  await batches.connect(maker).split(opioids, [10, 10]);
  const to = { to: wholesaler, toRole: "Distributor" } as const;
  const [loose, spare, third, fourth] = [0, 5, 10, 15].map((first) => ({ ...whole, first, count: 5 })) as [
    Parcel,
    Parcel,
    Parcel,
    Parcel,
  ];
  const [firstOpioids, restOpioids] = [0, 10].map((first) => ({ ...opioids, first, count: 10 })) as [Parcel, Parcel];
  const syrup = { batch: SYRUPS, first: 0, count: UNITS };
  await deliver(house, [loose, spare, third, fourth, firstOpioids, restOpioids], {
    from: maker,
    fromRole: "Manufacturer",
    ...to,
  });
  await deliver(house, [syrup], { from: rival, fromRole: "Manufacturer", ...to });
  const closed = container(wholesaler, 1, [TABLETS, OPIOIDS]);
  const mixed = container(wholesaler, 2, [TABLETS, OPIOIDS, SYRUPS]);
  await batches.connect(wholesaler).pack(closed, items(third, firstOpioids), wholesaler);
  await batches.connect(wholesaler).pack(mixed, items(fourth, restOpioids, syrup), wholesaler);
  return { ...house, loose, spare, closed, mixed };
}

type Warehouse = Awaited<ReturnType<typeof warehouse>>;

/** Where the wholesaler ships to, and in which role. */
const CONSIGNEES = {
  "a pharmacy": ({ pharmacy }: Warehouse) => ({ to: pharmacy, role: "Pharmacy" }) as const,
  "a provider": ({ hospital }: Warehouse) => ({ to: hospital, role: "Provider" }) as const,
  "another distributor": ({ operator }: Warehouse) => ({ to: operator, role: "Distributor" }) as const,
  "the manufacturer": ({ maker }: Warehouse) => ({ to: maker, role: "Manufacturer" }) as const,
  "another manufacturer": ({ rival }: Warehouse) => ({ to: rival, role: "Manufacturer" }) as const,
};

type Consignee = keyof typeof CONSIGNEES;

/** Ships from the wholesaler to each consignee in turn, expecting that it goes to these only. */
async function expectShipsOnlyTo(house: Warehouse, item: Parcel | Container, allowed: readonly Consignee[]) {
  const { accreditation, batches, wholesaler, operator } = house;
  await accreditation.accredit(operator, roleNumber("Distributor"), FAR);
  const ledger = batches.connect(wholesaler);
  for (const [name, consignee] of Object.entries(CONSIGNEES) as [Consignee, (typeof CONSIGNEES)[Consignee]][]) {
    const { to, role } = consignee(house);
    const shipping = ledger.ship(items(item), handover(wholesaler, "Distributor", to, role), DOCUMENT);
    if (allowed.includes(name)) {
      await shipping;
      await ledger.cancelShipment([itemId(item)], wholesaler, to);
    } else {
      await expect(shipping, name).to.be.revertedWithCustomError(batches, "GoodsUnsafe").withArgs(itemId(item));
    }
  }
}

const EVERYWHERE = Object.keys(CONSIGNEES) as Consignee[];
const RETURNS: Consignee[] = ["another distributor", "the manufacturer"];

/** What stops a batch. */
const BATCH_TROUBLES = {
  recalled: ({ batches, maker }: Warehouse, batch: string) =>
    batches.connect(maker).recall(batch, maker, CLASS.II, DEPTH.Retail, EVIDENCE),
  "of a closed recall": async ({ batches, regulator }: Warehouse, batch: string) => {
    await batches.connect(regulator).recall(batch, regulator, CLASS.II, DEPTH.Retail, EVIDENCE);
    await batches.connect(regulator).terminateRecall(batch, regulator, EVIDENCE);
  },
  held: ({ batches, regulator }: Warehouse, batch: string) =>
    batches.connect(regulator).holdBatch(batch, regulator, EVIDENCE),
  // The syrup expires later.
  expired: ({ expiry }: Warehouse) => time.increaseTo(expiry),
};

/** The loose parcel on its way to the pharmacy. */
async function shipped(house: Warehouse) {
  const { batches, wholesaler, pharmacy, loose } = house;
  await batches
    .connect(wholesaler)
    .ship(items(loose), handover(wholesaler, "Distributor", pharmacy, "Pharmacy"), DOCUMENT);
  return parcelId(loose);
}

describe("BatchLedger", () => {
  describe("ship", () => {
    it("puts parcels and containers on their way, and names who did it", async () => {
      const { accreditation, batches, wholesaler, pharmacy, clerk, loose, closed } = await loadFixture(warehouse);
      const end = (await time.latest()) + 100;
      await accreditation.connect(wholesaler).setMember(clerk, end);
      await time.setNextBlockTimestamp(end - 1);
      const delivery = handover(wholesaler, "Distributor", pharmacy, "Pharmacy");
      await expect(batches.connect(clerk).ship(items(loose, closed), delivery, DOCUMENT))
        .to.emit(batches, "ItemShipped")
        .withArgs(parcelId(loose), wholesaler, pharmacy, DOCUMENT, clerk)
        .and.to.emit(batches, "ItemShipped")
        .withArgs(itemId(closed), wholesaler, pharmacy, DOCUMENT, clerk);
      const pair = AbiCoder.defaultAbiCoder().encode(["address", "address"], [wholesaler.address, pharmacy.address]);
      const transit = getAddress(`0x${keccak256(pair).slice(26)}`);
      expect(await batches.custodyOf(itemId(closed))).to.deep.equal([
        transit,
        STATUS.InTransit,
        0n,
        0n,
        1n,
        2n,
        end - 1,
      ]);
      expect((await batches.custodyOf(parcelId(loose))).holder).to.equal(transit);
    });

    it("rejects everybody else, the consignee, staff of another and past staff too", async () => {
      const { accreditation, batches, wholesaler, pharmacy, maker, clerk, operator, loose } =
        await loadFixture(warehouse);
      const end = (await time.latest()) + 100;
      await accreditation.connect(wholesaler).setMember(operator, end);
      await time.increaseTo(end);
      for (const caller of [pharmacy, clerk, maker, operator]) {
        const delivery = handover(wholesaler, "Distributor", pharmacy, "Pharmacy");
        await expect(batches.connect(caller).ship(items(loose), delivery, DOCUMENT))
          .to.be.revertedWithCustomError(batches, "CustodyUnauthorized")
          .withArgs(wholesaler, caller);
      }
    });

    it("rejects shipping nothing, and to oneself", async () => {
      const { batches, wholesaler, pharmacy, loose } = await loadFixture(warehouse);
      const ledger = batches.connect(wholesaler);
      await expect(
        ledger.ship(items(), handover(wholesaler, "Distributor", pharmacy, "Pharmacy"), DOCUMENT),
      ).to.be.revertedWithCustomError(batches, "ItemsMissing");
      await expect(ledger.ship(items(loose), handover(wholesaler, "Distributor", wholesaler, "Distributor"), DOCUMENT))
        .to.be.revertedWithCustomError(batches, "ConsigneeIsConsignor")
        .withArgs(wholesaler);
    });

    it("rejects a consignee not licensed in the role named", async () => {
      const { batches, wholesaler, pharmacy, stranger, loose } = await loadFixture(warehouse);
      for (const [to, role] of [
        [stranger, "Pharmacy"],
        [pharmacy, "Distributor"],
      ] as const) {
        await expect(
          batches.connect(wholesaler).ship(items(loose), handover(wholesaler, "Distributor", to, role), DOCUMENT),
        )
          .to.be.revertedWithCustomError(batches, "PartnerInvalid")
          .withArgs(to, roleNumber(role));
      }
    });

    for (const role of ROLES.filter((name) => !TRADING.includes(name))) {
      it(`rejects a ${role}, which does not trade, at either end`, async () => {
        const { accreditation, batches, wholesaler, pharmacy, stranger, loose } = await loadFixture(warehouse);
        await accreditation.accredit(stranger, roleNumber(role), FAR);
        await accreditation.accredit(wholesaler, roleNumber(role), FAR);
        const ledger = batches.connect(wholesaler);
        await expect(ledger.ship(items(loose), handover(wholesaler, "Distributor", stranger, role), DOCUMENT))
          .to.be.revertedWithCustomError(batches, "PartnerInvalid")
          .withArgs(stranger, roleNumber(role));
        await expect(ledger.ship(items(loose), handover(wholesaler, role, pharmacy, "Pharmacy"), DOCUMENT))
          .to.be.revertedWithCustomError(batches, "PartnerInvalid")
          .withArgs(wholesaler, roleNumber(role));
      });
    }

    it("needs the consignee's licence up to its last second", async () => {
      const { accreditation, batches, wholesaler, pharmacy, loose, spare } = await loadFixture(warehouse);
      const end = (await time.latest()) + 100;
      await accreditation.accredit(pharmacy, roleNumber("Pharmacy"), end);
      const delivery = handover(wholesaler, "Distributor", pharmacy, "Pharmacy");
      await time.setNextBlockTimestamp(end - 1);
      await batches.connect(wholesaler).ship(items(loose), delivery, DOCUMENT);
      await time.setNextBlockTimestamp(end);
      await expect(batches.connect(wholesaler).ship(items(spare), delivery, DOCUMENT))
        .to.be.revertedWithCustomError(batches, "PartnerInvalid")
        .withArgs(pharmacy, roleNumber("Pharmacy"));
    });

    it("needs the sender's licence up to its last second where goods are used; they still go back", async () => {
      const house = await loadFixture(warehouse);
      const { accreditation, batches, wholesaler, maker, pharmacy, hospital, operator, loose, spare, closed } = house;
      await accreditation.accredit(operator, roleNumber("Distributor"), FAR);
      const end = (await time.latest()) + 100;
      await accreditation.accredit(wholesaler, roleNumber("Distributor"), end);
      const ledger = batches.connect(wholesaler);
      await time.setNextBlockTimestamp(end - 1);
      await ledger.ship(items(closed), handover(wholesaler, "Distributor", pharmacy, "Pharmacy"), DOCUMENT);
      await time.setNextBlockTimestamp(end);
      for (const [to, role] of [
        [pharmacy, "Pharmacy"],
        [hospital, "Provider"],
      ] as const) {
        await expect(ledger.ship(items(loose), handover(wholesaler, "Distributor", to, role), DOCUMENT))
          .to.be.revertedWithCustomError(batches, "PartnerInvalid")
          .withArgs(wholesaler, roleNumber("Distributor"));
      }
      await ledger.ship(items(loose), handover(wholesaler, "Distributor", maker, "Manufacturer"), DOCUMENT);
      await ledger.ship(items(spare), handover(wholesaler, "Distributor", operator, "Distributor"), DOCUMENT);
    });

    it("rejects the same item twice, and ships neither", async () => {
      const { batches, wholesaler, pharmacy, loose, closed } = await loadFixture(warehouse);
      for (const item of [loose, closed]) {
        const delivery = handover(wholesaler, "Distributor", pharmacy, "Pharmacy");
        await expect(batches.connect(wholesaler).ship(items(item, item), delivery, DOCUMENT))
          .to.be.revertedWithCustomError(batches, "ItemStatusInvalid")
          .withArgs(itemId(item), STATUS.InTransit);
        expect((await batches.custodyOf(itemId(item))).status).to.equal(STATUS.InCustody);
      }
    });

    it("rejects what another holds, and what does not exist", async () => {
      const { batches, wholesaler, rival, pharmacy, whole, loose, closed } = await loadFixture(warehouse);
      for (const item of [loose, closed]) {
        await expect(
          batches.connect(rival).ship(items(item), handover(rival, "Manufacturer", pharmacy, "Pharmacy"), DOCUMENT),
        )
          .to.be.revertedWithCustomError(batches, "ItemNotHeldBy")
          .withArgs(itemId(item), rival);
      }
      const otherwise = { ...closed, batches: [TABLETS] };
      for (const item of [whole, { ...whole, first: 3, count: 5 }, otherwise]) {
        const delivery = handover(wholesaler, "Distributor", pharmacy, "Pharmacy");
        await expect(batches.connect(wholesaler).ship(items(item), delivery, DOCUMENT))
          .to.be.revertedWithCustomError(batches, "ItemUnknown")
          .withArgs(itemId(item));
      }
    });

    it("does not ship a container that lists a batch nobody commissioned", async () => {
      const { batches, wholesaler, pharmacy, maker, loose } = await loadFixture(warehouse);
      const unknown = id("no batch");
      const box = container(wholesaler, 3, [TABLETS, unknown]);
      await batches.connect(wholesaler).pack(box, items(loose), wholesaler);
      for (const [to, role] of [
        [pharmacy, "Pharmacy"],
        [maker, "Manufacturer"],
      ] as const) {
        await expect(
          batches.connect(wholesaler).ship(items(box), handover(wholesaler, "Distributor", to, role), DOCUMENT),
        )
          .to.be.revertedWithCustomError(batches, "BatchUnknown")
          .withArgs(unknown);
      }
    });
  });

  describe("ship, of unsafe goods", () => {
    it("goes anywhere with sound ones", async () => {
      const house = await loadFixture(warehouse);
      for (const item of [house.loose, house.closed, house.mixed]) await expectShipsOnlyTo(house, item, EVERYWHERE);
    });

    for (const [name, trouble] of Object.entries(BATCH_TROUBLES)) {
      it(`sends a parcel that is ${name} back only`, async () => {
        const house = await loadFixture(warehouse);
        await trouble(house, TABLETS);
        await expectShipsOnlyTo(house, house.loose, RETURNS);
      });

      for (const [what, batch] of [
        ["tablets", TABLETS],
        ["opioids", OPIOIDS],
      ] as const) {
        it(`sends a closed container with ${what} that are ${name} back only`, async () => {
          const house = await loadFixture(warehouse);
          await trouble(house, batch);
          await expectShipsOnlyTo(house, house.closed, RETURNS);
        });
      }

      it(`sends a mixed container with a batch that is ${name} to that batch's manufacturer`, async () => {
        const house = await loadFixture(warehouse);
        await trouble(house, TABLETS);
        await expectShipsOnlyTo(house, house.mixed, RETURNS);
      });
    }

    it("sends a container with two manufacturers' unsafe batches to a distributor only", async () => {
      const house = await loadFixture(warehouse);
      const { batches, regulator, mixed } = house;
      for (const batch of [TABLETS, SYRUPS]) await batches.connect(regulator).holdBatch(batch, regulator, EVIDENCE);
      await expectShipsOnlyTo(house, mixed, ["another distributor"]);
    });

    for (const [name, condition] of Object.entries(CONDITION).slice(1)) {
      it(`sends items that are ${name} back only, home only when all of it is from there`, async () => {
        const house = await loadFixture(warehouse);
        const { batches, wholesaler, loose, closed, mixed } = house;
        const by = { organisation: wholesaler.address, authority: AUTHORITY.Holder };
        const steps = condition === CONDITION.Illegitimate ? [CONDITION.Suspect, condition] : [condition];
        for (const step of steps) {
          await batches
            .connect(wholesaler)
            .setCondition(items(loose, closed, mixed), by, step, REASON.Damage, EVIDENCE);
        }
        await expectShipsOnlyTo(house, loose, RETURNS);
        await expectShipsOnlyTo(house, closed, RETURNS);
        await expectShipsOnlyTo(house, mixed, ["another distributor"]);
      });
    }

    it("goes anywhere again once the recall was an error, the hold over, the item cleared", async () => {
      const house = await loadFixture(warehouse);
      const { batches, regulator, wholesaler, closed } = house;
      const by = { organisation: wholesaler.address, authority: AUTHORITY.Holder };
      const judge = (condition: number) =>
        batches.connect(wholesaler).setCondition(items(closed), by, condition, REASON.Damage, EVIDENCE);
      const ledger = batches.connect(regulator);
      await ledger.recall(TABLETS, regulator, CLASS.I, DEPTH.Consumer, EVIDENCE);
      await ledger.holdBatch(OPIOIDS, regulator, EVIDENCE);
      await judge(CONDITION.Suspect);
      await expectShipsOnlyTo(house, closed, RETURNS);
      await ledger.rescindRecall(TABLETS, regulator, EVIDENCE);
      await ledger.releaseBatch(OPIOIDS, regulator, EVIDENCE);
      await judge(CONDITION.Sound);
      await expectShipsOnlyTo(house, closed, EVERYWHERE);
    });

    it("is unsafe from the very second of expiry", async () => {
      const { batches, wholesaler, pharmacy, expiry, loose, closed } = await loadFixture(warehouse);
      const delivery = handover(wholesaler, "Distributor", pharmacy, "Pharmacy");
      await time.setNextBlockTimestamp(expiry - 1);
      await batches.connect(wholesaler).ship(items(loose), delivery, DOCUMENT);
      await time.setNextBlockTimestamp(expiry);
      await expect(batches.connect(wholesaler).ship(items(closed), delivery, DOCUMENT))
        .to.be.revertedWithCustomError(batches, "GoodsUnsafe")
        .withArgs(itemId(closed));
    });

    it("does not hide among safe goods", async () => {
      const { batches, regulator, wholesaler, pharmacy, loose, spare, mixed } = await loadFixture(warehouse);
      await batches.connect(regulator).holdBatch(SYRUPS, regulator, EVIDENCE);
      const delivery = handover(wholesaler, "Distributor", pharmacy, "Pharmacy");
      await expect(batches.connect(wholesaler).ship(items(loose, spare, mixed), delivery, DOCUMENT))
        .to.be.revertedWithCustomError(batches, "GoodsUnsafe")
        .withArgs(itemId(mixed));
    });
  });

  describe("receiveItems", () => {
    it("takes items into custody, and names who did it", async () => {
      const house = await loadFixture(warehouse);
      const { accreditation, batches, wholesaler, pharmacy, clerk } = house;
      const item = await shipped(house);
      const end = (await time.latest()) + 100;
      await accreditation.connect(pharmacy).setMember(clerk, end);
      await time.setNextBlockTimestamp(end - 1);
      await expect(batches.connect(clerk).receiveItems([item], wholesaler, pharmacy, roleNumber("Pharmacy")))
        .to.emit(batches, "ItemReceived")
        .withArgs(item, wholesaler, pharmacy, clerk);
      expect(await batches.custodyOf(item)).to.deep.equal([
        pharmacy.address,
        STATUS.InCustody,
        0n,
        0n,
        0n,
        0n,
        end - 1,
      ]);
    });

    it("takes unsafe goods in too, as unsafe as they are", async () => {
      const house = await loadFixture(warehouse);
      const { batches, regulator, wholesaler, pharmacy, loose } = house;
      const item = await shipped(house);
      const by = { organisation: regulator.address, authority: AUTHORITY.Regulator };
      const ledger = batches.connect(regulator);
      await ledger.setCondition(items(loose), by, CONDITION.OnHold, REASON.Quality, EVIDENCE);
      await ledger.holdBatch(TABLETS, regulator, EVIDENCE);
      await batches.connect(pharmacy).receiveItems([item], wholesaler, pharmacy, roleNumber("Pharmacy"));
      const { holder, condition, heldBy } = await batches.custodyOf(item);
      expect([holder, condition, heldBy]).to.deep.equal([pharmacy.address, 1n, 3n]);
    });

    it("rejects everybody else: the sender, another pharmacy, another's staff, past staff", async () => {
      const house = await loadFixture(warehouse);
      const { accreditation, batches, wholesaler, pharmacy, branch, clerk, operator } = house;
      const item = await shipped(house);
      const end = (await time.latest()) + 100;
      await accreditation.connect(pharmacy).setMember(clerk, end);
      await accreditation.connect(branch).setMember(operator, FAR);
      await time.increaseTo(end);
      for (const caller of [wholesaler, branch, operator, clerk]) {
        await expect(batches.connect(caller).receiveItems([item], wholesaler, pharmacy, roleNumber("Pharmacy")))
          .to.be.revertedWithCustomError(batches, "PartnerInvalid")
          .withArgs(pharmacy, roleNumber("Pharmacy"));
      }
    });

    it("rejects a role that does not trade, though licensed in it, and one not licensed in", async () => {
      const house = await loadFixture(warehouse);
      const { accreditation, batches, wholesaler, pharmacy } = house;
      const item = await shipped(house);
      for (const role of ROLES.filter((name) => !TRADING.includes(name))) {
        await accreditation.accredit(pharmacy, roleNumber(role), FAR);
        await expect(batches.connect(pharmacy).receiveItems([item], wholesaler, pharmacy, roleNumber(role)), role)
          .to.be.revertedWithCustomError(batches, "PartnerInvalid")
          .withArgs(pharmacy, roleNumber(role));
      }
      await expect(batches.connect(pharmacy).receiveItems([item], wholesaler, pharmacy, roleNumber("Provider")))
        .to.be.revertedWithCustomError(batches, "PartnerInvalid")
        .withArgs(pharmacy, roleNumber("Provider"));
    });

    it("rejects a consignee whose licence ended on the way; the sender takes the goods back", async () => {
      const house = await loadFixture(warehouse);
      const { accreditation, batches, wholesaler, pharmacy } = house;
      const item = await shipped(house);
      await accreditation.revoke(pharmacy, roleNumber("Pharmacy"));
      await expect(batches.connect(pharmacy).receiveItems([item], wholesaler, pharmacy, roleNumber("Pharmacy")))
        .to.be.revertedWithCustomError(batches, "PartnerInvalid")
        .withArgs(pharmacy, roleNumber("Pharmacy"));
      await batches.connect(wholesaler).cancelShipment([item], wholesaler, pharmacy);
      expect((await batches.custodyOf(item)).holder).to.equal(wholesaler.address);
    });

    it("needs the licence in the second of receipt", async () => {
      const house = await loadFixture(warehouse);
      const { accreditation, batches, wholesaler, pharmacy } = house;
      const item = await shipped(house);
      const end = (await time.latest()) + 100;
      await accreditation.accredit(pharmacy, roleNumber("Pharmacy"), end);
      const receipt = () =>
        batches.connect(pharmacy).receiveItems([item], wholesaler, pharmacy, roleNumber("Pharmacy"));
      await time.setNextBlockTimestamp(end);
      await expect(receipt())
        .to.be.revertedWithCustomError(batches, "PartnerInvalid")
        .withArgs(pharmacy, roleNumber("Pharmacy"));
      await accreditation.accredit(pharmacy, roleNumber("Pharmacy"), end + 100);
      await time.setNextBlockTimestamp(end + 99);
      await receipt();
    });
  });

  describe("reject", () => {
    it("gives items back to the sender, by the consignee's staff, licensed or not", async () => {
      const house = await loadFixture(warehouse);
      const { accreditation, batches, wholesaler, pharmacy, clerk } = house;
      const item = await shipped(house);
      await accreditation.revoke(pharmacy, roleNumber("Pharmacy"));
      await expect(batches.connect(clerk).reject([item], wholesaler, pharmacy))
        .to.emit(batches, "ItemReturned")
        .withArgs(item, wholesaler, pharmacy, true, clerk);
      const { holder, status, since } = await batches.custodyOf(item);
      expect([holder, status, since]).to.deep.equal([wholesaler.address, 1n, BigInt(await time.latest())]);
    });

    it("rejects everybody but the consignee, the sender too", async () => {
      const house = await loadFixture(warehouse);
      const { batches, wholesaler, pharmacy, branch, stranger } = house;
      const item = await shipped(house);
      for (const caller of [wholesaler, branch, stranger]) {
        await expect(batches.connect(caller).reject([item], wholesaler, pharmacy))
          .to.be.revertedWithCustomError(batches, "CustodyUnauthorized")
          .withArgs(pharmacy, caller);
      }
    });
  });

  describe("cancelShipment", () => {
    it("gives items back to the sender, by the sender's staff, licensed or not", async () => {
      const house = await loadFixture(warehouse);
      const { accreditation, batches, wholesaler, pharmacy, operator } = house;
      const item = await shipped(house);
      await accreditation.connect(wholesaler).setMember(operator, FAR);
      await accreditation.revoke(wholesaler, roleNumber("Distributor"));
      await expect(batches.connect(operator).cancelShipment([item], wholesaler, pharmacy))
        .to.emit(batches, "ItemReturned")
        .withArgs(item, wholesaler, pharmacy, false, operator);
      const { holder, status } = await batches.custodyOf(item);
      expect([holder, status]).to.deep.equal([wholesaler.address, 1n]);
    });

    it("rejects everybody but the sender, the consignee too", async () => {
      const house = await loadFixture(warehouse);
      const { batches, wholesaler, pharmacy, clerk, stranger } = house;
      const item = await shipped(house);
      for (const caller of [pharmacy, clerk, stranger]) {
        await expect(batches.connect(caller).cancelShipment([item], wholesaler, pharmacy))
          .to.be.revertedWithCustomError(batches, "CustodyUnauthorized")
          .withArgs(wholesaler, caller);
      }
    });
  });

  const ENDINGS = {
    receiveItems: ({ batches }: Warehouse, named: string[], from: Trader, to: Trader) =>
      batches.connect(to).receiveItems(named, from, to, roleNumber("Pharmacy")),
    reject: ({ batches }: Warehouse, named: string[], from: Trader, to: Trader) =>
      batches.connect(to).reject(named, from, to),
    cancelShipment: ({ batches }: Warehouse, named: string[], from: Trader, to: Trader) =>
      batches.connect(from).cancelShipment(named, from, to),
  };

  for (const [name, end] of Object.entries(ENDINGS)) {
    describe(`${name}, of what`, () => {
      it("is nothing", async () => {
        const house = await loadFixture(warehouse);
        const { batches, wholesaler, pharmacy } = house;
        await expect(end(house, [], wholesaler, pharmacy)).to.be.revertedWithCustomError(batches, "ItemsMissing");
      });

      it("was never made", async () => {
        const house = await loadFixture(warehouse);
        const { batches, wholesaler, pharmacy, whole } = house;
        await expect(end(house, [parcelId(whole)], wholesaler, pharmacy))
          .to.be.revertedWithCustomError(batches, "ItemUnknown")
          .withArgs(parcelId(whole));
      });

      it("is between two others, or went the other way", async () => {
        const house = await loadFixture(warehouse);
        const { accreditation, batches, wholesaler, pharmacy, branch, maker } = house;
        await accreditation.accredit(wholesaler, roleNumber("Pharmacy"), FAR);
        const item = await shipped(house);
        for (const [from, to] of [
          [wholesaler, branch],
          [maker, pharmacy],
          [pharmacy, wholesaler],
        ] as const) {
          await expect(end(house, [item], from, to))
            .to.be.revertedWithCustomError(batches, "ShipmentUnknown")
            .withArgs(item, from, to);
        }
      });

      it("is named twice, or ended already", async () => {
        const house = await loadFixture(warehouse);
        const { batches, wholesaler, pharmacy } = house;
        const item = await shipped(house);
        await expect(end(house, [item, item], wholesaler, pharmacy))
          .to.be.revertedWithCustomError(batches, "ShipmentUnknown")
          .withArgs(item, wholesaler, pharmacy);
        await end(house, [item], wholesaler, pharmacy);
        for (const again of Object.values(ENDINGS)) {
          await expect(again(house, [item], wholesaler, pharmacy))
            .to.be.revertedWithCustomError(batches, "ShipmentUnknown")
            .withArgs(item, wholesaler, pharmacy);
        }
      });
    });
  }
});

type Trader = Warehouse["pharmacy"];

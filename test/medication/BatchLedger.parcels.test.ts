import { expect } from "chai";
import { encodeBytes32String, ZeroAddress } from "ethers";

import { loadFixture, time } from "../fixtures.js";
import { AUTHORITY, batchId, commissioned, CONDITION, container, containerId, deliver, EVIDENCE } from "./ledger.js";
import { handover, items, parcelId, REASON, STATUS, stocked, TABLET, treeOf, unitIn, UNITS } from "./ledger.js";
import type { Parcel } from "./ledger.js";
import { roleNumber } from "../../src/accreditation/role.js";

const PHARMACY = roleNumber("Pharmacy");

/** Where each parcel of {@link everywhere} is: three units each; the whole was split. */
const PARCELS = ["InCustody", "Opened", "InTransit", "Packed", "Missing", "Destroyed"] as const;

type StatusName = keyof typeof STATUS;

/** The pharmacy's tablets in parcels of three units, one in each status; those in transit are on their way to a branch. */
async function everywhere() {
  const house = await stocked();
  const { batches, pharmacy, branch, tree, whole, opioids } = house;
  await batches.connect(pharmacy).split(whole, [3, 3, 3, 3, 3, 3, 2]);
  const parcels = { None: whole } as Record<StatusName, Parcel>;
  for (const [place, status] of PARCELS.entries()) parcels[status] = { ...whole, first: place * 3, count: 3 };
  const shipment = handover(pharmacy, "Pharmacy", branch, "Pharmacy");
  const box = container(pharmacy, 1, [batchId(), opioids.batch]);
  const ledger = batches.connect(pharmacy);
  await ledger.dispense(unitIn(parcels.Opened, parcels.Opened.first, tree));
  await ledger.ship(items(parcels.InTransit), shipment, EVIDENCE);
  await ledger.pack(box, items(parcels.Packed, opioids), pharmacy);
  await ledger.reportMissing([parcelId(parcels.Missing)], pharmacy, EVIDENCE);
  await ledger.destroy([parcelId(parcels.Destroyed)], pharmacy, EVIDENCE);
  return { ...house, parcels, shipment, box };
}

type Everywhere = Awaited<ReturnType<typeof everywhere>>;

/** Everything that is done to a parcel, by whom it is to be done. */
const ACTIONS = {
  split: ({ batches, pharmacy }: Everywhere, parcel: Parcel) => batches.connect(pharmacy).split(parcel, [1, 2]),
  pack: ({ batches, pharmacy }: Everywhere, parcel: Parcel) =>
    batches.connect(pharmacy).pack(container(pharmacy, 2), items(parcel), pharmacy),
  unpack: ({ batches, pharmacy, box }: Everywhere, parcel: Parcel) =>
    batches.connect(pharmacy).unpack(containerId(box), [parcelId(parcel)], pharmacy),
  ship: ({ batches, pharmacy, shipment }: Everywhere, parcel: Parcel) =>
    batches.connect(pharmacy).ship(items(parcel), shipment, EVIDENCE),
  receive: ({ batches, pharmacy, branch }: Everywhere, parcel: Parcel) =>
    batches.connect(branch).receiveItems([parcelId(parcel)], pharmacy, branch, PHARMACY),
  reject: ({ batches, pharmacy, branch }: Everywhere, parcel: Parcel) =>
    batches.connect(branch).reject([parcelId(parcel)], pharmacy, branch),
  cancel: ({ batches, pharmacy, branch }: Everywhere, parcel: Parcel) =>
    batches.connect(pharmacy).cancelShipment([parcelId(parcel)], pharmacy, branch),
  destroy: ({ batches, pharmacy }: Everywhere, parcel: Parcel) =>
    batches.connect(pharmacy).destroy([parcelId(parcel)], pharmacy, EVIDENCE),
  reportMissing: ({ batches, pharmacy }: Everywhere, parcel: Parcel) =>
    batches.connect(pharmacy).reportMissing([parcelId(parcel)], pharmacy, EVIDENCE),
  recover: ({ batches, pharmacy }: Everywhere, parcel: Parcel) =>
    batches.connect(pharmacy).recover([parcelId(parcel)], pharmacy, EVIDENCE),
  dispense: ({ batches, pharmacy, tree }: Everywhere, parcel: Parcel) =>
    batches.connect(pharmacy).dispense(unitIn(parcel, parcel.first + 1, tree)),
  "hold as the holder": (house: Everywhere, parcel: Parcel) => hold(house, parcel, "pharmacy", AUTHORITY.Holder),
  "hold as the manufacturer": (house: Everywhere, parcel: Parcel) =>
    hold(house, parcel, "maker", AUTHORITY.Manufacturer),
  "hold as a regulator": (house: Everywhere, parcel: Parcel) => hold(house, parcel, "regulator", AUTHORITY.Regulator),
};

type ActionName = keyof typeof ACTIONS;

function hold(house: Everywhere, parcel: Parcel, who: "pharmacy" | "maker" | "regulator", authority: number) {
  const by = { organisation: house[who].address, authority };
  return house.batches.connect(house[who]).setCondition(items(parcel), by, CONDITION.OnHold, REASON.Other, EVIDENCE);
}

/** The arguments of each error, and its name. */
const FAILURES = {
  "no such item": ({ parcels }: Everywhere, status: StatusName) => ["ItemUnknown", parcelId(parcels[status])],
  "wrong status": ({ parcels }: Everywhere, status: StatusName) => [
    "ItemStatusInvalid",
    parcelId(parcels[status]),
    STATUS[status],
  ],
  "no shipment": ({ parcels, pharmacy, branch }: Everywhere, status: StatusName) => [
    "ShipmentUnknown",
    parcelId(parcels[status]),
    pharmacy,
    branch,
  ],
  "not inside": ({ parcels, box }: Everywhere, status: StatusName) => [
    "ItemNotInside",
    parcelId(parcels[status]),
    containerId(box),
  ],
  "no authority": ({ parcels, pharmacy }: Everywhere, status: StatusName) => [
    "AuthorityInvalid",
    parcelId(parcels[status]),
    pharmacy,
    AUTHORITY.Holder,
    pharmacy,
  ],
};

type Outcome = { to: StatusName } | keyof typeof FAILURES;

const to = (status: StatusName): Outcome => ({ to: status });

/** What comes of each action, by where the parcel is: the status it gets, or why not. */
const OUTCOMES: Record<StatusName, Record<ActionName, Outcome>> = {
  None: outcomes("no such item", {}),
  InCustody: outcomes("wrong status", {
    split: to("None"),
    pack: to("Packed"),
    unpack: "not inside",
    ship: to("InTransit"),
    receive: "no shipment",
    reject: "no shipment",
    cancel: "no shipment",
    destroy: to("Destroyed"),
    reportMissing: to("Missing"),
    dispense: to("Opened"),
    "hold as the holder": to("InCustody"),
    "hold as the manufacturer": to("InCustody"),
    "hold as a regulator": to("InCustody"),
  }),
  Opened: outcomes("wrong status", {
    split: to("None"),
    unpack: "not inside",
    receive: "no shipment",
    reject: "no shipment",
    cancel: "no shipment",
    dispense: to("Opened"),
    "hold as the holder": to("Opened"),
    "hold as the manufacturer": to("Opened"),
    "hold as a regulator": to("Opened"),
  }),
  InTransit: outcomes("wrong status", {
    unpack: "not inside",
    receive: to("InCustody"),
    reject: to("InCustody"),
    cancel: to("InCustody"),
    "hold as the holder": "no authority",
    "hold as the manufacturer": to("InTransit"),
    "hold as a regulator": to("InTransit"),
  }),
  Packed: outcomes("wrong status", {
    unpack: to("InCustody"),
    receive: "no shipment",
    reject: "no shipment",
    cancel: "no shipment",
  }),
  Missing: outcomes("wrong status", {
    unpack: "not inside",
    receive: "no shipment",
    reject: "no shipment",
    cancel: "no shipment",
    recover: to("InCustody"),
    "hold as the holder": to("Missing"),
    "hold as the manufacturer": to("Missing"),
    "hold as a regulator": to("Missing"),
  }),
  Destroyed: outcomes("wrong status", {
    unpack: "not inside",
    receive: "no shipment",
    reject: "no shipment",
    cancel: "no shipment",
  }),
};

function outcomes(otherwise: Outcome, named: Partial<Record<ActionName, Outcome>>) {
  const names = Object.keys(ACTIONS) as ActionName[];
  return Object.fromEntries(names.map((name) => [name, named[name] ?? otherwise])) as Record<ActionName, Outcome>;
}

/** {@link stocked}, and a batch of 600 units in the pharmacy's custody: three words of the ledger's bit map, the last one not full. */
async function long() {
  const house = await stocked();
  const { batches, maker, pharmacy, expiry } = house;
  const lot = encodeBytes32String("LONG");
  const parcel = { batch: batchId(TABLET, lot), first: 0, count: 600 };
  const tree = await treeOf(parcel.batch, parcel.count);
  await batches.connect(maker).commission({ product: TABLET, lot }, { expiry, units: 600, root: tree.root });
  await deliver(house, [parcel], { from: maker, fromRole: "Manufacturer", to: pharmacy, toRole: "Pharmacy" });
  return { ...house, parcel, longTree: tree };
}

describe("BatchLedger", () => {
  describe("custodyOf", () => {
    it("tells who holds a new batch, since when", async () => {
      const { batches, maker, whole } = await loadFixture(commissioned);
      const {
        holder,
        status,
        condition,
        heldBy,
        height,
        items: inside,
        since,
      } = await batches.custodyOf(parcelId(whole));
      expect(holder).to.equal(maker.address);
      expect([status, condition, heldBy, height, inside]).to.deep.equal([1n, 0n, 0n, 0n, 0n]);
      // The opioids' batch was commissioned a block later.
      expect(since).to.equal((await time.latest()) - 1);
    });

    it("counts from the last move, not from a split or a finding", async () => {
      const { batches, maker, wholesaler, whole } = await loadFixture(commissioned);
      await time.increase(1000);
      await batches.connect(maker).split(whole, [10, 10]);
      const half = { ...whole, count: 10 };
      const commissionedAt = (await batches.custodyOf(parcelId(half))).since;
      await batches
        .connect(maker)
        .ship(items(half), handover(maker, "Manufacturer", wholesaler, "Distributor"), EVIDENCE);
      const { since } = await batches.custodyOf(parcelId(half));
      expect(since).to.equal(await time.latest());
      expect(since).to.be.greaterThan(commissionedAt + 1000n);
    });

    it("is all zero of what never was", async () => {
      const { batches, whole } = await loadFixture(commissioned);
      const none = [ZeroAddress, 0n, 0n, 0n, 0n, 0n, 0n];
      expect(await batches.custodyOf(parcelId({ ...whole, count: 3 }))).to.deep.equal(none);
    });
  });

  describe("split", () => {
    it("makes smaller parcels in order, each in the same custody", async () => {
      const { batches, maker, whole } = await loadFixture(commissioned);
      const before = await batches.custodyOf(parcelId(whole));
      await expect(batches.connect(maker).split(whole, [1, 12, 7]))
        .to.emit(batches, "ParcelSplit")
        .withArgs(whole.batch, parcelId(whole), 0, [1, 12, 7], maker);
      for (const [first, count] of [
        [0, 1],
        [1, 12],
        [13, 7],
      ] as const) {
        expect(await batches.custodyOf(parcelId({ ...whole, first, count }))).to.deep.equal(before);
      }
      expect((await batches.custodyOf(parcelId(whole))).status).to.equal(STATUS.None);
    });

    it("splits a part further, counting from its own first unit", async () => {
      const { batches, maker, whole } = await loadFixture(commissioned);
      await batches.connect(maker).split(whole, [5, 15]);
      const rest = { ...whole, first: 5, count: 15 };
      await expect(batches.connect(maker).split(rest, [10, 5]))
        .to.emit(batches, "ParcelSplit")
        .withArgs(whole.batch, parcelId(rest), 5, [10, 5], maker);
      const last = await batches.custodyOf(parcelId({ ...whole, first: 15, count: 5 }));
      expect(last.holder).to.equal(maker.address);
      expect(last.status).to.equal(STATUS.InCustody);
    });

    it("names the member of staff who did it, until the second the membership is over", async () => {
      const { accreditation, batches, maker, clerk, whole } = await loadFixture(commissioned);
      const end = (await time.latest()) + 100;
      await accreditation.connect(maker).setMember(clerk, end);
      await time.setNextBlockTimestamp(end - 1);
      await expect(batches.connect(clerk).split(whole, [10, 10]))
        .to.emit(batches, "ParcelSplit")
        .withArgs(whole.batch, parcelId(whole), 0, [10, 10], clerk);
      await time.setNextBlockTimestamp(end);
      await expect(batches.connect(clerk).split({ ...whole, count: 10 }, [5, 5]))
        .to.be.revertedWithCustomError(batches, "CustodyUnauthorized")
        .withArgs(maker, clerk);
    });

    it("rejects everybody else, staff of another organisation too", async () => {
      const { batches, maker, rival, regulator, admin, clerk, stranger, whole } = await loadFixture(commissioned);
      for (const caller of [rival, regulator, admin, clerk, stranger]) {
        await expect(batches.connect(caller).split(whole, [10, 10]))
          .to.be.revertedWithCustomError(batches, "CustodyUnauthorized")
          .withArgs(maker, caller);
      }
    });

    for (const [counts, sum] of [
      [[], 0],
      [[UNITS], UNITS],
      [[0, UNITS], 0],
      [[UNITS, 0], UNITS],
      [[10, 9], 19],
      [[10, 11], 21],
      [[10, 10, 1], 21],
      [[1, 2 ** 24 - 1], 2 ** 24],
    ] as const) {
      it(`rejects parts of [${counts.join(", ")}] units, of ${UNITS}`, async () => {
        const { batches, maker, whole } = await loadFixture(commissioned);
        await expect(batches.connect(maker).split(whole, [...counts]))
          .to.be.revertedWithCustomError(batches, "SplitInvalid")
          .withArgs(parcelId(whole), sum, UNITS);
      });
    }

    it("rejects a parcel that merely overlaps one, or lies past its end", async () => {
      const { batches, maker, whole } = await loadFixture(commissioned);
      await batches.connect(maker).split(whole, [10, 10]);
      for (const [first, count] of [
        [0, 20],
        [5, 10],
        [0, 9],
        [10, 11],
        [20, 2],
      ] as const) {
        const parcel = { ...whole, first, count };
        await expect(batches.connect(maker).split(parcel, [1, count - 1]), `${first}+${count}`)
          .to.be.revertedWithCustomError(batches, "ItemUnknown")
          .withArgs(parcelId(parcel));
        await expect(batches.connect(maker).destroy([parcelId(parcel)], maker, EVIDENCE))
          .to.be.revertedWithCustomError(batches, "ItemUnknown")
          .withArgs(parcelId(parcel));
      }
    });

    it("closes an opened parcel again once its units are back, so that it may move or be destroyed", async () => {
      const { batches, pharmacy, whole, tree } = await loadFixture(stocked);
      const counter = batches.connect(pharmacy);
      await counter.split(whole, [1, UNITS - 1]);
      const pack = { ...whole, count: 1 };
      await counter.dispense(unitIn(pack, 0, tree));
      await counter.split(pack, [1]);
      expect((await batches.custodyOf(parcelId(pack))).status).to.equal(STATUS.Opened);
      await counter.returnToStock(unitIn(pack, 0, tree));
      await counter.split(pack, [1]);
      expect((await batches.custodyOf(parcelId(pack))).status).to.equal(STATUS.InCustody);
      await counter.destroy([parcelId(pack)], pharmacy, EVIDENCE);
    });

    it("keeps what is known against the parcel, and on whose authority, in every part", async () => {
      const { batches, maker, regulator, whole } = await loadFixture(commissioned);
      const by = { organisation: regulator.address, authority: AUTHORITY.Regulator };
      await batches.connect(regulator).setCondition(items(whole), by, CONDITION.OnHold, REASON.Quality, EVIDENCE);
      await batches.connect(maker).split(whole, [10, 10]);
      for (const first of [0, 10]) {
        const { condition, heldBy } = await batches.custodyOf(parcelId({ ...whole, first, count: 10 }));
        expect(condition).to.equal(CONDITION.OnHold);
        expect(heldBy).to.equal(AUTHORITY.Regulator);
      }
    });

    it("rejects whoever held it before", async () => {
      const { batches, maker, pharmacy, whole } = await loadFixture(long);
      await expect(batches.connect(maker).split(whole, [10, 10]))
        .to.be.revertedWithCustomError(batches, "CustodyUnauthorized")
        .withArgs(pharmacy, maker);
    });
  });

  describe("split, of an opened parcel", () => {
    for (const { units, counts, opened } of [
      { units: [0], counts: [1, 599], opened: [0] },
      { units: [599], counts: [599, 1], opened: [1] },
      { units: [255], counts: [255, 1, 344], opened: [1] },
      { units: [256], counts: [256, 1, 343], opened: [1] },
      { units: [300], counts: [256, 256, 88], opened: [1] },
      { units: [256, 511], counts: [256, 256, 88], opened: [1] },
      { units: [255, 512], counts: [256, 256, 88], opened: [0, 2] },
      { units: [257], counts: [1, 256, 343], opened: [2] },
      { units: [256], counts: [1, 256, 343], opened: [1] },
      { units: [400], counts: [100, 450, 50], opened: [1] },
      { units: [99, 550], counts: [100, 450, 50], opened: [0, 2] },
      { units: [10, 12], counts: [10, 1, 1, 1, 587], opened: [1, 3] },
    ]) {
      it(`leaves opened only the parts of [${counts.join(", ")}] with units ${units.join(" and ")}`, async () => {
        const { batches, pharmacy, parcel, longTree } = await loadFixture(long);
        const ledger = batches.connect(pharmacy);
        for (const unit of units) await ledger.dispense(unitIn(parcel, unit, longTree));
        await ledger.split(parcel, counts);
        let first = 0;
        for (const [place, count] of counts.entries()) {
          const { status, holder } = await batches.custodyOf(parcelId({ ...parcel, first, count }));
          expect(status, `part ${place}`).to.equal(opened.includes(place) ? STATUS.Opened : STATUS.InCustody);
          expect(holder).to.equal(pharmacy.address);
          first += count;
        }
      });
    }

    it("takes a unit that came back to stock for whole", async () => {
      const { batches, pharmacy, tree, whole } = await loadFixture(long);
      const ledger = batches.connect(pharmacy);
      await ledger.dispense(unitIn(whole, 3, tree));
      await ledger.returnToStock(unitIn(whole, 3, tree));
      await ledger.split(whole, [10, 10]);
      expect((await batches.custodyOf(parcelId({ ...whole, count: 10 }))).status).to.equal(STATUS.InCustody);
    });

    it("looks at 65,536 units of a part and no more", async () => {
      const house = await loadFixture(long);
      const { batches, maker, pharmacy, expiry } = house;
      const lot = encodeBytes32String("VAST");
      const parcel = { batch: batchId(TABLET, lot), first: 0, count: 1 + 65_536 + 65_537 };
      // Only the first units of the batch need serials here.
      const tree = await treeOf(parcel.batch);
      await batches
        .connect(maker)
        .commission({ product: TABLET, lot }, { expiry, units: parcel.count, root: tree.root });
      await deliver(house, [parcel], { from: maker, fromRole: "Manufacturer", to: pharmacy, toRole: "Pharmacy" });
      await batches.connect(pharmacy).dispense(unitIn(parcel, 0, tree));
      await batches.connect(pharmacy).split(parcel, [1, 65_536, 65_537]);
      const statusOf = async (first: number, count: number) =>
        (await batches.custodyOf(parcelId({ ...parcel, first, count }))).status;
      expect(await statusOf(0, 1)).to.equal(STATUS.Opened);
      expect(await statusOf(1, 65_536)).to.equal(STATUS.InCustody);
      expect(await statusOf(65_537, 65_537)).to.equal(STATUS.Opened);
    });

    it("ships and destroys the rest, but not what was opened", async () => {
      const { batches, pharmacy, branch, tree, whole } = await loadFixture(long);
      const ledger = batches.connect(pharmacy);
      await ledger.dispense(unitIn(whole, 0, tree));
      await ledger.split(whole, [1, 9, 10]);
      const [opened, rest, spare] = [
        { ...whole, count: 1 },
        { ...whole, first: 1, count: 9 },
        { ...whole, first: 10, count: 10 },
      ];
      await ledger.ship(items(rest), handover(pharmacy, "Pharmacy", branch, "Pharmacy"), EVIDENCE);
      await ledger.destroy([parcelId(spare)], pharmacy, EVIDENCE);
      await expect(ledger.destroy([parcelId(opened)], pharmacy, EVIDENCE))
        .to.be.revertedWithCustomError(batches, "ItemStatusInvalid")
        .withArgs(parcelId(opened), STATUS.Opened);
    });
  });

  for (const status of Object.keys(OUTCOMES) as StatusName[]) {
    describe(`a parcel that is ${status}`, () => {
      for (const action of Object.keys(ACTIONS) as ActionName[]) {
        const outcome = OUTCOMES[status][action];
        const name =
          typeof outcome === "string" ? `rejects ${action}: ${outcome}` : `becomes ${outcome.to} by ${action}`;
        it(name, async () => {
          const house = await loadFixture(everywhere);
          const { batches, parcels } = house;
          const parcel = parcels[status];
          expect((await batches.custodyOf(parcelId(parcel))).status).to.equal(STATUS[status]);
          if (typeof outcome === "string") {
            const [error, ...args] = FAILURES[outcome](house, status);
            await expect(ACTIONS[action](house, parcel))
              .to.be.revertedWithCustomError(batches, error as string)
              .withArgs(...args);
          } else {
            await ACTIONS[action](house, parcel);
            expect((await batches.custodyOf(parcelId(parcel))).status).to.equal(STATUS[outcome.to]);
          }
        });
      }
    });
  }
});

import { expect } from "chai";

import { FAR, loadFixture, time } from "../fixtures.js";
import { AUTHORITY, commissioned, CONDITION, container, containerId, EVIDENCE, handover, items } from "./ledger.js";
import { itemId, parcelId, REASON, STATUS } from "./ledger.js";
import type { Container, Parcel } from "./ledger.js";

/** The maker's tablets in four parcels of five, the last one in a case. The clerk is on its staff for a while. */
async function stored() {
  const house = await commissioned();
  const { accreditation, batches, maker, regulator, clerk, whole } = house;
  await batches.connect(maker).split(whole, [5, 5, 5, 5]);
  const [first, second, third, inside] = [0, 5, 10, 15].map((start) => ({ ...whole, first: start, count: 5 })) as [
    Parcel,
    Parcel,
    Parcel,
    Parcel,
  ];
  const box = container(maker);
  await batches.connect(maker).pack(box, items(inside), maker);
  const staffUntil = (await time.latest()) + 1000;
  await accreditation.connect(maker).setMember(clerk, staffUntil);
  const signers = { Holder: maker, Manufacturer: maker, Regulator: regulator };
  const judge = (item: Parcel | Container, authority: keyof typeof signers, condition: keyof typeof CONDITION) => {
    const by = { organisation: signers[authority].address, authority: AUTHORITY[authority] };
    return batches
      .connect(signers[authority])
      .setCondition(items(item), by, CONDITION[condition], REASON.Damage, EVIDENCE);
  };
  return { ...house, first, second, third, inside, box, staffUntil, judge };
}

type Stored = Awaited<ReturnType<typeof stored>>;
type Organisation = Stored["maker"];

const LOSSES = {
  destroy: {
    status: STATUS.Destroyed,
    act: ({ batches }: Stored, caller: Organisation, named: string[], holder: Organisation) =>
      batches.connect(caller).destroy(named, holder, EVIDENCE),
  },
  reportMissing: {
    status: STATUS.Missing,
    act: ({ batches }: Stored, caller: Organisation, named: string[], holder: Organisation) =>
      batches.connect(caller).reportMissing(named, holder, EVIDENCE),
  },
  recover: {
    status: STATUS.InCustody,
    act: ({ batches }: Stored, caller: Organisation, named: string[], holder: Organisation) =>
      batches.connect(caller).recover(named, holder, EVIDENCE),
  },
};

/** The first two parcels and the case; missing where they are to be recovered. */
async function readyFor(name: string, house: Stored): Promise<string[]> {
  const { batches, maker, first, second, box } = house;
  const named = [first, second, box].map(itemId);
  if (name === "recover") await batches.connect(maker).reportMissing(named, maker, EVIDENCE);
  return named;
}

describe("BatchLedger", () => {
  for (const [name, { status, act }] of Object.entries(LOSSES)) {
    describe(name, () => {
      it("writes it down for parcels and containers, with who said so, up to the last second of staff", async () => {
        const house = await loadFixture(stored);
        const { batches, maker, clerk, staffUntil } = house;
        const named = (await readyFor(name, house)) as [string, string, string];
        await time.setNextBlockTimestamp(staffUntil - 1);
        await expect(act(house, clerk, named, maker))
          .to.emit(batches, "StatusSet")
          .withArgs(named[0], maker, status, EVIDENCE, clerk)
          .and.to.emit(batches, "StatusSet")
          .withArgs(named[2], maker, status, EVIDENCE, clerk);
        for (const item of named) {
          const custody = await batches.custodyOf(item);
          expect([custody.holder, custody.status, custody.since]).to.deep.equal([
            maker.address,
            BigInt(status),
            BigInt(staffUntil - 1),
          ]);
        }
      });

      it("rejects everybody else, staff of another organisation and past staff too", async () => {
        const house = await loadFixture(stored);
        const { accreditation, batches, maker, rival, regulator, operator, clerk, staffUntil } = house;
        const named = await readyFor(name, house);
        await accreditation.connect(rival).setMember(operator, FAR);
        await time.increaseTo(staffUntil);
        for (const caller of [rival, regulator, operator, clerk]) {
          await expect(act(house, caller, named, maker))
            .to.be.revertedWithCustomError(batches, "CustodyUnauthorized")
            .withArgs(maker, caller);
        }
      });

      it("rejects what another holds, in the caller's own name", async () => {
        const house = await loadFixture(stored);
        const { batches, rival } = house;
        const named = (await readyFor(name, house)) as [string, string, string];
        await expect(act(house, rival, named, rival))
          .to.be.revertedWithCustomError(batches, "ItemNotHeldBy")
          .withArgs(named[0], rival);
      });

      it("rejects naming nothing, and what does not exist", async () => {
        const house = await loadFixture(stored);
        const { batches, maker, whole } = house;
        const named = await readyFor(name, house);
        await expect(act(house, maker, [], maker)).to.be.revertedWithCustomError(batches, "ItemsMissing");
        for (const parcel of [whole, { ...whole, first: 3, count: 5 }, { ...whole, count: 10 }]) {
          await expect(act(house, maker, [...named, parcelId(parcel)], maker))
            .to.be.revertedWithCustomError(batches, "ItemUnknown")
            .withArgs(parcelId(parcel));
        }
      });

      it("rejects the same item twice", async () => {
        const house = await loadFixture(stored);
        const { batches, maker } = house;
        const [item] = (await readyFor(name, house)) as [string];
        await expect(act(house, maker, [item, item], maker))
          .to.be.revertedWithCustomError(batches, "ItemStatusInvalid")
          .withArgs(item, status);
      });
    });
  }

  describe("destroy, of evidence", () => {
    for (const [authority, condition] of [
      ["Manufacturer", "OnHold"],
      ["Manufacturer", "Suspect"],
      ["Regulator", "OnHold"],
      ["Regulator", "Suspect"],
    ] as const) {
      it(`keeps what the ${authority} found ${condition}, in parts too`, async () => {
        const { batches, maker, first, inside, box, judge } = await loadFixture(stored);
        const ledger = batches.connect(maker);
        for (const item of [first, box]) {
          await judge(item, authority, condition);
          await expect(ledger.destroy([itemId(item)], maker, EVIDENCE))
            .to.be.revertedWithCustomError(batches, "AuthorityTooLow")
            .withArgs(itemId(item), AUTHORITY[authority]);
        }
        await ledger.unpack(containerId(box), [parcelId(inside)], maker);
        await ledger.split(first, [2, 3]);
        for (const part of [inside, { ...first, count: 2 }]) {
          await expect(ledger.destroy([parcelId(part)], maker, EVIDENCE))
            .to.be.revertedWithCustomError(batches, "AuthorityTooLow")
            .withArgs(parcelId(part), AUTHORITY[authority]);
        }
      });
    }

    it("keeps it once it was missing, too", async () => {
      const { batches, maker, first, judge } = await loadFixture(stored);
      const ledger = batches.connect(maker);
      await judge(first, "Regulator", "OnHold");
      await ledger.reportMissing([parcelId(first)], maker, EVIDENCE);
      await ledger.recover([parcelId(first)], maker, EVIDENCE);
      await expect(ledger.destroy([parcelId(first)], maker, EVIDENCE))
        .to.be.revertedWithCustomError(batches, "AuthorityTooLow")
        .withArgs(parcelId(first), AUTHORITY.Regulator);
    });

    for (const authority of ["Holder", "Manufacturer", "Regulator"] as const) {
      it(`lets go what the ${authority} found illegitimate`, async () => {
        const { batches, maker, first, judge } = await loadFixture(stored);
        await judge(first, authority, "Suspect");
        await judge(first, authority, "Illegitimate");
        await batches.connect(maker).destroy([parcelId(first)], maker, EVIDENCE);
        expect((await batches.custodyOf(parcelId(first))).status).to.equal(STATUS.Destroyed);
      });
    }

    for (const condition of ["OnHold", "Suspect"] as const) {
      it(`lets go what the holder itself found ${condition}`, async () => {
        const { batches, maker, first, judge } = await loadFixture(stored);
        await judge(first, "Holder", condition);
        await batches.connect(maker).destroy([parcelId(first)], maker, EVIDENCE);
        expect((await batches.custodyOf(parcelId(first))).status).to.equal(STATUS.Destroyed);
      });
    }
  });

  describe("destroy, of a container", () => {
    it("takes what is inside along for good", async () => {
      const { batches, maker, inside, box } = await loadFixture(stored);
      const ledger = batches.connect(maker);
      await ledger.destroy([containerId(box)], maker, EVIDENCE);
      const [root, { status }] = await batches.rootCustodyOf(parcelId(inside));
      expect(root).to.equal(containerId(box));
      expect(status).to.equal(STATUS.Destroyed);
      await expect(ledger.unpack(containerId(box), [parcelId(inside)], maker))
        .to.be.revertedWithCustomError(batches, "ItemStatusInvalid")
        .withArgs(containerId(box), STATUS.Destroyed);
    });
  });

  describe("reportMissing, of a container or evidence", () => {
    it("says so of everything inside", async () => {
      const { batches, maker, inside, box } = await loadFixture(stored);
      await batches.connect(maker).reportMissing([containerId(box)], maker, EVIDENCE);
      const [, { status, items: count, height }] = await batches.rootCustodyOf(parcelId(inside));
      expect([status, count, height]).to.deep.equal([5n, 1n, 1n]);
    });

    it("is said of what a regulator holds as well: theft asks no leave", async () => {
      const { batches, maker, first, judge } = await loadFixture(stored);
      await judge(first, "Regulator", "Suspect");
      await batches.connect(maker).reportMissing([parcelId(first)], maker, EVIDENCE);
      const { status, condition, heldBy } = await batches.custodyOf(parcelId(first));
      expect([status, condition, heldBy]).to.deep.equal([5n, 2n, 3n]);
    });
  });

  describe("recover, of what", () => {
    for (const { was, by, becomes, heldBy } of [
      { was: "Sound", by: undefined, becomes: "Suspect", heldBy: "Holder" },
      { was: "OnHold", by: "Holder", becomes: "Suspect", heldBy: "Holder" },
      { was: "OnHold", by: "Manufacturer", becomes: "Suspect", heldBy: "Manufacturer" },
      { was: "OnHold", by: "Regulator", becomes: "Suspect", heldBy: "Regulator" },
      { was: "Suspect", by: "Regulator", becomes: "Suspect", heldBy: "Regulator" },
      { was: "Illegitimate", by: "Regulator", becomes: "Illegitimate", heldBy: "Regulator" },
      { was: "Illegitimate", by: "Holder", becomes: "Illegitimate", heldBy: "Holder" },
    ] as const) {
      it(`was ${was}${by ? ` by the ${by}` : ""} is ${becomes} by the ${heldBy}`, async () => {
        const { batches, maker, first, judge } = await loadFixture(stored);
        if (by && was === "Illegitimate") await judge(first, by, "Suspect");
        if (by) await judge(first, by, was);
        await batches.connect(maker).reportMissing([parcelId(first)], maker, EVIDENCE);
        await batches.connect(maker).recover([parcelId(first)], maker, EVIDENCE);
        const found = await batches.custodyOf(parcelId(first));
        expect(found.condition).to.equal(CONDITION[becomes]);
        expect(found.heldBy).to.equal(AUTHORITY[heldBy]);
      });
    }

    it("was cleared while missing is suspect all the same", async () => {
      const { batches, maker, first, judge } = await loadFixture(stored);
      await judge(first, "Holder", "OnHold");
      await batches.connect(maker).reportMissing([parcelId(first)], maker, EVIDENCE);
      await judge(first, "Holder", "Sound");
      await batches.connect(maker).recover([parcelId(first)], maker, EVIDENCE);
      const { condition, heldBy } = await batches.custodyOf(parcelId(first));
      expect([condition, heldBy]).to.deep.equal([2n, 1n]);
    });

    it("is not sold on before it is cleared, nor is what was inside", async () => {
      const { batches, maker, pharmacy, inside, first, box, judge } = await loadFixture(stored);
      const ledger = batches.connect(maker);
      const sale = handover(maker, "Manufacturer", pharmacy, "Pharmacy");
      const named = [parcelId(first), containerId(box)];
      await ledger.reportMissing(named, maker, EVIDENCE);
      await ledger.recover(named, maker, EVIDENCE);
      await ledger.unpack(containerId(box), [parcelId(inside)], maker);
      for (const parcel of [first, inside]) {
        await expect(ledger.ship(items(parcel), sale, EVIDENCE))
          .to.be.revertedWithCustomError(batches, "GoodsUnsafe")
          .withArgs(parcelId(parcel));
        await judge(parcel, "Holder", "Sound");
        await ledger.ship(items(parcel), sale, EVIDENCE);
      }
    });
  });
});

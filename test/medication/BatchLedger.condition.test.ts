import { expect } from "chai";
import { encodeBytes32String, id } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { FAR, loadFixture, time } from "../fixtures.js";
import { AUTHORITY, batchId, commissioned, CONDITION, container, containerId, EVIDENCE, handover } from "./ledger.js";
import { itemId, items, KIND, LOT, NOBODY, parcelId, REASON, STATUS, UNITS } from "./ledger.js";
import type { Container, Parcel } from "./ledger.js";

const SYRUP = encodeBytes32String("gtin:00300010777773");

type ConditionName = keyof typeof CONDITION;
type AuthorityName = keyof typeof AUTHORITY;
type Found = { condition: ConditionName; heldBy: AuthorityName };

const CONDITIONS = Object.keys(CONDITION) as ConditionName[];
const AUTHORITIES = ["Holder", "Manufacturer", "Regulator"] as const;

/**
 * What each authority makes of what is known: a mark each for Sound, OnHold, Suspect and Illegitimate. `+` is allowed,
 * `c` does not follow from the condition, `a` is refused to this authority.
 */
const TRANSITIONS: [Found, Record<(typeof AUTHORITIES)[number], string>][] = [
  [
    { condition: "Sound", heldBy: "None" },
    { Holder: "c++c", Manufacturer: "c++c", Regulator: "c++c" },
  ],
  [
    { condition: "OnHold", heldBy: "Holder" },
    { Holder: "+c+c", Manufacturer: "a++c", Regulator: "+++c" },
  ],
  [
    { condition: "OnHold", heldBy: "Manufacturer" },
    { Holder: "acac", Manufacturer: "+c+c", Regulator: "+++c" },
  ],
  [
    { condition: "OnHold", heldBy: "Regulator" },
    { Holder: "acac", Manufacturer: "acac", Regulator: "+c+c" },
  ],
  [
    { condition: "Suspect", heldBy: "Holder" },
    { Holder: "+cc+", Manufacturer: "ac++", Regulator: "+c++" },
  ],
  [
    { condition: "Suspect", heldBy: "Manufacturer" },
    { Holder: "acca", Manufacturer: "+cc+", Regulator: "+c++" },
  ],
  [
    { condition: "Suspect", heldBy: "Regulator" },
    { Holder: "acca", Manufacturer: "acca", Regulator: "+cc+" },
  ],
  [
    { condition: "Illegitimate", heldBy: "Holder" },
    { Holder: "cccc", Manufacturer: "ccc+", Regulator: "ccc+" },
  ],
  [
    { condition: "Illegitimate", heldBy: "Manufacturer" },
    { Holder: "cccc", Manufacturer: "cccc", Regulator: "ccc+" },
  ],
  [
    { condition: "Illegitimate", heldBy: "Regulator" },
    { Holder: "cccc", Manufacturer: "cccc", Regulator: "cccc" },
  ],
];

/** Parcels of two units at the wholesaler's, each with another thing known against it. */
async function judged() {
  const house = await commissioned();
  const { batches, maker, regulator, wholesaler, whole } = house;
  const parcels = TRANSITIONS.map((_, place): Parcel => ({ ...whole, first: place * 2, count: 2 }));
  await batches.connect(maker).split(whole, Array<number>(10).fill(2));
  const shipment = handover(maker, "Manufacturer", wholesaler, "Distributor");
  await batches.connect(maker).ship(items(...parcels), shipment, EVIDENCE);
  await batches.connect(wholesaler).receiveItems(parcels.map(parcelId), maker, wholesaler, shipment.toRole);
  const signers = { None: wholesaler, Holder: wholesaler, Manufacturer: maker, Regulator: regulator };
  const judge = (item: Parcel | Container, authority: AuthorityName, condition: ConditionName) => {
    const signer = signers[authority];
    const by = { organisation: signer.address, authority: AUTHORITY[authority] };
    return batches
      .connect(signer)
      .setCondition(items(item), by, CONDITION[condition], REASON.TemperatureExcursion, EVIDENCE);
  };
  for (const [place, [{ condition, heldBy }]] of TRANSITIONS.entries()) {
    const parcel = parcels[place] as Parcel;
    if (condition === "Illegitimate") await judge(parcel, heldBy, "Suspect");
    if (condition !== "Sound") await judge(parcel, heldBy, condition);
  }
  const [sound, held] = parcels as [Parcel, Parcel];
  return { ...house, parcels, sound, held, signers, judge };
}

/** An authority somebody claims. */
type Claim = {
  caller: Awaited<ReturnType<typeof judged>>["wholesaler"];
  organisation: string;
  authority: AuthorityName;
};

/** A case of the maker's for its own batches, with the opioids, and one for a rival's too, with the tablets. */
async function mixed() {
  const house = await commissioned();
  const { products, batches, regulator, maker, rival, expiry, opioids } = house;
  const authorisation = { manufacturer: rival, until: FAR, kind: KIND.Drug, prescriptionOnly: false, coldChain: false };
  await products.connect(regulator).authorise(SYRUP, authorisation, regulator);
  const commission = { expiry, units: UNITS, root: id("serials of the syrup") };
  await batches.connect(rival).commission({ product: SYRUP, lot: LOT }, commission);
  const own = container(maker, 1, [batchId(), opioids.batch]);
  const both = container(maker, 2, [batchId(), batchId(SYRUP)]);
  await batches.connect(maker).pack(own, items(opioids), maker);
  await batches.connect(maker).pack(both, items(house.whole), maker);
  return { ...house, own, both };
}

describe("BatchLedger", () => {
  describe("setCondition", () => {
    it("says what is known against items, why, and who found it", async () => {
      const { accreditation, batches, wholesaler, clerk, parcels } = await loadFixture(judged);
      const [first, second] = [parcels[0], parcels[1]] as [Parcel, Parcel];
      const end = (await time.latest()) + 100;
      await accreditation.connect(wholesaler).setMember(clerk, end);
      const by = { organisation: wholesaler.address, authority: AUTHORITY.Holder };
      const { since } = await batches.custodyOf(parcelId(first));
      const judging = () =>
        batches.connect(clerk).setCondition(items(first, second), by, CONDITION.Suspect, REASON.Damage, EVIDENCE);
      await time.setNextBlockTimestamp(end - 1);
      const found = [wholesaler, CONDITION.Suspect, AUTHORITY.Holder, REASON.Damage, EVIDENCE, clerk] as const;
      await expect(judging())
        .to.emit(batches, "ConditionSet")
        .withArgs(parcelId(first), ...found)
        .and.to.emit(batches, "ConditionSet")
        .withArgs(parcelId(second), ...found);
      const custody = await batches.custodyOf(parcelId(first));
      expect(custody).to.deep.equal([wholesaler.address, STATUS.InCustody, 2n, 1n, 0n, 0n, since]);
      await time.setNextBlockTimestamp(end);
      await expect(judging())
        .to.be.revertedWithCustomError(batches, "AuthorityInvalid")
        .withArgs(parcelId(first), wholesaler, AUTHORITY.Holder, clerk);
    });

    it("forgets the authority with the finding", async () => {
      const { batches, wholesaler, held, judge } = await loadFixture(judged);
      await expect(judge(held, "Holder", "Sound"))
        .to.emit(batches, "ConditionSet")
        .withArgs(
          parcelId(held),
          wholesaler,
          CONDITION.Sound,
          AUTHORITY.Holder,
          REASON.TemperatureExcursion,
          EVIDENCE,
          wholesaler,
        );
      const { condition, heldBy } = await batches.custodyOf(parcelId(held));
      expect([condition, heldBy]).to.deep.equal([0n, 0n]);
    });

    for (const [place, [{ condition, heldBy }, marks]] of TRANSITIONS.entries()) {
      for (const authority of AUTHORITIES) {
        const state = heldBy === "None" ? condition : `${condition} by the ${heldBy}`;
        it(`from ${state}, by the ${authority}: ${marks[authority]}`, async () => {
          for (const [target, to] of CONDITIONS.entries()) {
            const { batches, parcels, judge } = await loadFixture(judged);
            const parcel = parcels[place] as Parcel;
            const item = parcelId(parcel);
            const mark = marks[authority][target];
            if (mark === "+") {
              await judge(parcel, authority, to);
              const after = await batches.custodyOf(item);
              expect(after.condition, to).to.equal(CONDITION[to]);
              expect(after.heldBy, to).to.equal(to === "Sound" ? AUTHORITY.None : AUTHORITY[authority]);
            } else if (mark === "c") {
              await expect(judge(parcel, authority, to), to)
                .to.be.revertedWithCustomError(batches, "ConditionInvalid")
                .withArgs(item, CONDITION[condition]);
            } else {
              await expect(judge(parcel, authority, to), to)
                .to.be.revertedWithCustomError(batches, "AuthorityTooLow")
                .withArgs(item, AUTHORITY[heldBy]);
            }
          }
        });
      }
    }

    it("lets nobody undo what a higher authority repeated", async () => {
      const { batches, held, judge } = await loadFixture(judged);
      await judge(held, "Regulator", "OnHold");
      for (const authority of ["Holder", "Manufacturer"] as const) {
        await expect(judge(held, authority, "Sound"))
          .to.be.revertedWithCustomError(batches, "AuthorityTooLow")
          .withArgs(parcelId(held), AUTHORITY.Regulator);
      }
      await judge(held, "Regulator", "Sound");
    });

    it("rejects judging nothing", async () => {
      const { batches, wholesaler } = await loadFixture(judged);
      const by = { organisation: wholesaler.address, authority: AUTHORITY.Holder };
      await expect(
        batches.connect(wholesaler).setCondition(items(), by, CONDITION.OnHold, REASON.Other, EVIDENCE),
      ).to.be.revertedWithCustomError(batches, "ItemsMissing");
    });

    it("rejects the same item twice, and judges neither", async () => {
      const { batches, wholesaler, sound } = await loadFixture(judged);
      const by = { organisation: wholesaler.address, authority: AUTHORITY.Holder };
      await expect(
        batches.connect(wholesaler).setCondition(items(sound, sound), by, CONDITION.OnHold, REASON.Other, EVIDENCE),
      )
        .to.be.revertedWithCustomError(batches, "ConditionInvalid")
        .withArgs(parcelId(sound), CONDITION.OnHold);
      expect((await batches.custodyOf(parcelId(sound))).condition).to.equal(CONDITION.Sound);
    });

    it("rejects authority nobody has: none, another's, one's own over what others hold or make", async () => {
      const {
        accreditation,
        batches,
        maker,
        rival,
        wholesaler,
        pharmacy,
        regulator,
        clerk,
        operator,
        stranger,
        sound,
      } = await loadFixture(judged);
      await accreditation.connect(regulator).setMember(operator, FAR);
      const end = await time.latest();
      await accreditation.connect(maker).setMember(operator, end);
      const claims: Claim[] = [
        { caller: wholesaler, organisation: wholesaler.address, authority: "None" },
        { caller: regulator, organisation: regulator.address, authority: "None" },
        { caller: maker, organisation: maker.address, authority: "Holder" },
        { caller: pharmacy, organisation: pharmacy.address, authority: "Holder" },
        { caller: pharmacy, organisation: wholesaler.address, authority: "Holder" },
        { caller: clerk, organisation: wholesaler.address, authority: "Holder" },
        { caller: regulator, organisation: wholesaler.address, authority: "Holder" },
        { caller: wholesaler, organisation: wholesaler.address, authority: "Manufacturer" },
        { caller: rival, organisation: rival.address, authority: "Manufacturer" },
        { caller: wholesaler, organisation: maker.address, authority: "Manufacturer" },
        { caller: operator, organisation: maker.address, authority: "Manufacturer" },
        { caller: stranger, organisation: NOBODY, authority: "Manufacturer" },
        { caller: wholesaler, organisation: wholesaler.address, authority: "Regulator" },
        { caller: maker, organisation: maker.address, authority: "Regulator" },
        { caller: maker, organisation: regulator.address, authority: "Regulator" },
      ];
      for (const { caller, organisation, authority } of claims) {
        const by = { organisation, authority: AUTHORITY[authority] };
        await expect(batches.connect(caller).setCondition(items(sound), by, CONDITION.OnHold, REASON.Other, EVIDENCE))
          .to.be.revertedWithCustomError(batches, "AuthorityInvalid")
          .withArgs(parcelId(sound), organisation, by.authority, caller);
      }
    });

    it("takes a regulator's word, and its staff's, until the second the licence is over", async () => {
      const { accreditation, batches, regulator, operator, parcels } = await loadFixture(judged);
      const [first, second] = [parcels[0], parcels[1]] as [Parcel, Parcel];
      const end = (await time.latest()) + 100;
      await accreditation.accredit(regulator, roleNumber("Regulator"), end);
      await accreditation.connect(regulator).setMember(operator, FAR);
      const by = { organisation: regulator.address, authority: AUTHORITY.Regulator };
      const judging = (parcel: Parcel) =>
        batches.connect(operator).setCondition(items(parcel), by, CONDITION.Suspect, REASON.Other, EVIDENCE);
      await time.setNextBlockTimestamp(end - 1);
      await judging(first);
      await time.setNextBlockTimestamp(end);
      await expect(judging(second))
        .to.be.revertedWithCustomError(batches, "AuthorityInvalid")
        .withArgs(parcelId(second), regulator, AUTHORITY.Regulator, operator);
    });

    it("takes a manufacturer's word that has lost its licence: it answers for what it made", async () => {
      const { accreditation, batches, maker, sound, judge } = await loadFixture(judged);
      await accreditation.revoke(maker, roleNumber("Manufacturer"));
      await judge(sound, "Manufacturer", "Suspect");
      expect((await batches.custodyOf(parcelId(sound))).heldBy).to.equal(AUTHORITY.Manufacturer);
    });

    it("leaves goods on their way to manufacturer and regulator: neither sender nor receiver judges", async () => {
      const { batches, wholesaler, pharmacy, sound, judge } = await loadFixture(judged);
      const delivery = handover(wholesaler, "Distributor", pharmacy, "Pharmacy");
      await batches.connect(wholesaler).ship(items(sound), delivery, EVIDENCE);
      for (const holder of [wholesaler, pharmacy]) {
        const by = { organisation: holder.address, authority: AUTHORITY.Holder };
        await expect(batches.connect(holder).setCondition(items(sound), by, CONDITION.OnHold, REASON.Other, EVIDENCE))
          .to.be.revertedWithCustomError(batches, "AuthorityInvalid")
          .withArgs(parcelId(sound), holder, AUTHORITY.Holder, holder);
      }
      await judge(sound, "Manufacturer", "OnHold");
      await judge(sound, "Regulator", "Suspect");
      const { condition, heldBy, status } = await batches.custodyOf(parcelId(sound));
      expect([condition, heldBy, status]).to.deep.equal([2n, 3n, 3n]);
    });
  });

  describe("setCondition, of containers", () => {
    it("is a manufacturer's only if all of its batches are", async () => {
      const { batches, maker, rival, own, both } = await loadFixture(mixed);
      const judging = (by: typeof maker, item: Container) =>
        batches
          .connect(by)
          .setCondition(
            items(item),
            { organisation: by.address, authority: AUTHORITY.Manufacturer },
            CONDITION.OnHold,
            REASON.Quality,
            EVIDENCE,
          );
      for (const [by, item] of [
        [maker, both],
        [rival, both],
        [rival, own],
      ] as const) {
        await expect(judging(by, item))
          .to.be.revertedWithCustomError(batches, "AuthorityInvalid")
          .withArgs(containerId(item), by, AUTHORITY.Manufacturer, by);
      }
      await judging(maker, own);
      expect((await batches.custodyOf(containerId(own))).condition).to.equal(CONDITION.OnHold);
    });

    it("keeps what is inside and how high it is", async () => {
      const { batches, maker, both } = await loadFixture(mixed);
      const before = await batches.custodyOf(containerId(both));
      const by = { organisation: maker.address, authority: AUTHORITY.Holder };
      await batches.connect(maker).setCondition(items(both), by, CONDITION.OnHold, REASON.Other, EVIDENCE);
      const { holder, height, items: inside, since } = await batches.custodyOf(containerId(both));
      expect([holder, height, inside, since]).to.deep.equal([maker.address, 1n, 1n, before.since]);
    });

    it("rejects packed items, on whatever authority: their container is judged", async () => {
      const { batches, maker, regulator, whole, own, both } = await loadFixture(mixed);
      const pallet = container(maker, 3, [...new Set([...own.batches, ...both.batches])]);
      await batches.connect(maker).pack(pallet, items(both), maker);
      for (const item of [whole, both]) {
        for (const [by, authority] of [
          [maker, AUTHORITY.Holder],
          [maker, AUTHORITY.Manufacturer],
          [regulator, AUTHORITY.Regulator],
        ] as const) {
          const party = { organisation: by.address, authority };
          await expect(batches.connect(by).setCondition(items(item), party, CONDITION.OnHold, REASON.Other, EVIDENCE))
            .to.be.revertedWithCustomError(batches, "ItemStatusInvalid")
            .withArgs(itemId(item), STATUS.Packed);
        }
      }
    });

    it("rejects a container named with other batches, to pass for its manufacturer", async () => {
      const { batches, rival, both } = await loadFixture(mixed);
      const pretended = { ...both, batches: [batchId(SYRUP)] };
      const by = { organisation: rival.address, authority: AUTHORITY.Manufacturer };
      await expect(batches.connect(rival).setCondition(items(pretended), by, CONDITION.OnHold, REASON.Other, EVIDENCE))
        .to.be.revertedWithCustomError(batches, "ItemUnknown")
        .withArgs(containerId(pretended));
    });
  });
});

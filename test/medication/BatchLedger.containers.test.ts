import { expect } from "chai";
import { encodeBytes32String, ZeroHash } from "ethers";

import { loadFixture, time } from "../fixtures.js";
import { AUTHORITY, batchId, commissioned, CONDITION, container, containerId, deliver, EVIDENCE } from "./ledger.js";
import { handover, itemId, items, OPIOID, parcelId, REASON, STATUS } from "./ledger.js";
import type { Container, Parcel } from "./ledger.js";

const [OTHER_BATCH, TABLETS, OPIOIDS] = [encodeBytes32String("another batch"), batchId(), batchId(OPIOID)];

/** The maker's tablets in four parcels of five, and its opioids; a case for tablets, and a tote for both. */
async function parted() {
  const house = await commissioned();
  const { batches, maker, whole } = house;
  await batches.connect(maker).split(whole, [5, 5, 5, 5]);
  const [first, second, third, fourth] = [0, 5, 10, 15].map((place) => ({ ...whole, first: place, count: 5 })) as [
    Parcel,
    Parcel,
    Parcel,
    Parcel,
  ];
  const tote = container(maker, 2, [TABLETS, OPIOIDS]);
  return { ...house, first, second, third, fourth, box: container(maker), tote };
}

/** {@link parted}, with the first two parcels in the case, which is the maker's. */
async function packed() {
  const house = await parted();
  const { batches, maker, first, second, box } = house;
  await batches.connect(maker).pack(box, items(first, second), maker);
  return house;
}

/** Sells items of the maker's to the wholesaler. */
async function sell(house: Awaited<ReturnType<typeof packed>>, ...sold: (Parcel | Container)[]): Promise<void> {
  const { maker, wholesaler } = house;
  await deliver(house, sold, { from: maker, fromRole: "Manufacturer", to: wholesaler, toRole: "Distributor" });
}

describe("BatchLedger", () => {
  describe("pack", () => {
    it("makes a container and puts items into it", async () => {
      const { batches, maker, first, second, box } = await loadFixture(parted);
      const id = containerId(box);
      await expect(batches.connect(maker).pack(box, items(first, second), maker))
        .to.emit(batches, "ContainerMade")
        .withArgs(id, box.label, maker, box.batches)
        .and.to.emit(batches, "ItemPacked")
        .withArgs(id, parcelId(first), maker, maker)
        .and.to.emit(batches, "ItemPacked")
        .withArgs(id, parcelId(second), maker, maker);
      const now = await time.latest();
      expect(await batches.custodyOf(id)).to.deep.equal([maker.address, STATUS.InCustody, 0n, 0n, 1n, 2n, now]);
      const inner = await batches.custodyOf(parcelId(second));
      expect(inner.holder.toLowerCase()).to.equal(id);
      expect(inner.status).to.equal(STATUS.Packed);
      expect(inner.since).to.equal(now);
    });

    it("packs for the holder by its staff, and names them", async () => {
      const { accreditation, batches, maker, clerk, first, box } = await loadFixture(parted);
      const end = (await time.latest()) + 100;
      await accreditation.connect(maker).setMember(clerk, end);
      await time.setNextBlockTimestamp(end - 1);
      await expect(batches.connect(clerk).pack(box, items(first), maker))
        .to.emit(batches, "ItemPacked")
        .withArgs(containerId(box), parcelId(first), maker, clerk);
      await time.setNextBlockTimestamp(end);
      await expect(batches.connect(clerk).pack(box, items(first), maker))
        .to.be.revertedWithCustomError(batches, "CustodyUnauthorized")
        .withArgs(maker, clerk);
    });

    it("rejects everybody else, staff of another organisation too", async () => {
      const { batches, maker, rival, clerk, regulator, first, box } = await loadFixture(parted);
      for (const caller of [rival, clerk, regulator]) {
        await expect(batches.connect(caller).pack(box, items(first), maker))
          .to.be.revertedWithCustomError(batches, "CustodyUnauthorized")
          .withArgs(maker, caller);
      }
    });

    it("rejects a container of nothing", async () => {
      const { batches, maker, box } = await loadFixture(parted);
      await expect(batches.connect(maker).pack(box, items(), maker)).to.be.revertedWithCustomError(
        batches,
        "ItemsMissing",
      );
    });

    it("rejects another packer's label", async () => {
      const { batches, rival, maker, first, box } = await loadFixture(parted);
      await expect(batches.connect(rival).pack(box, items(first), rival))
        .to.be.revertedWithCustomError(batches, "ContainerNotYours")
        .withArgs(containerId(box), maker);
    });

    it("rejects a container without a label", async () => {
      const { batches, maker, first, box } = await loadFixture(parted);
      const bare = { ...box, label: ZeroHash };
      await expect(batches.connect(maker).pack(bare, items(first), maker))
        .to.be.revertedWithCustomError(batches, "ContainerInvalid")
        .withArgs(containerId(bare));
    });

    for (const [what, listed] of [
      ["no batches", []],
      ["a batch twice", [TABLETS, TABLETS]],
      ["batches in descending order", container({ address: "" }, 1, [TABLETS, OPIOIDS]).batches.reverse()],
    ] as const) {
      it(`rejects a container that lists ${what}`, async () => {
        const { batches, maker, first, box } = await loadFixture(parted);
        const wrong = { ...box, batches: [...listed] };
        await expect(batches.connect(maker).pack(wrong, items(first), maker))
          .to.be.revertedWithCustomError(batches, "ContainerInvalid")
          .withArgs(containerId(wrong));
      });
    }

    it("rejects a parcel whose batch the container does not list", async () => {
      const { batches, maker, first, opioids, box } = await loadFixture(parted);
      await expect(batches.connect(maker).pack(box, items(first, opioids), maker))
        .to.be.revertedWithCustomError(batches, "ContainerBatchMissing")
        .withArgs(containerId(box), OPIOIDS);
    });

    it("rejects a container one of whose batches it does not list", async () => {
      const { batches, maker, first, box, tote } = await loadFixture(parted);
      await batches.connect(maker).pack(tote, items(first), maker);
      await expect(batches.connect(maker).pack(box, items(tote), maker))
        .to.be.revertedWithCustomError(batches, "ContainerBatchMissing")
        .withArgs(containerId(box), OPIOIDS);
    });

    it("may list batches of which nothing is inside", async () => {
      const { batches, maker, opioids } = await loadFixture(parted);
      const pallet = container(maker, 3, [TABLETS, OPIOIDS, OTHER_BATCH]);
      await batches.connect(maker).pack(pallet, items(opioids), maker);
      expect((await batches.custodyOf(containerId(pallet))).items).to.equal(1);
    });

    it("nests four deep and no deeper", async () => {
      const { batches, maker, first } = await loadFixture(parted);
      let inner: Parcel | Container = first;
      for (let level = 1; level <= 4; ++level) {
        const outer = container(maker, level);
        await batches.connect(maker).pack(outer, items(inner), maker);
        expect((await batches.custodyOf(containerId(outer))).height).to.equal(level);
        inner = outer;
      }
      const fifth = container(maker, 5);
      await expect(batches.connect(maker).pack(fifth, items(inner), maker))
        .to.be.revertedWithCustomError(batches, "ContainerTooDeep")
        .withArgs(containerId(fifth));
    });

    it("rejects the same item twice", async () => {
      const { batches, maker, first, box } = await loadFixture(parted);
      await expect(batches.connect(maker).pack(box, items(first, first), maker))
        .to.be.revertedWithCustomError(batches, "ItemStatusInvalid")
        .withArgs(parcelId(first), STATUS.Packed);
    });

    it("rejects parcels that merely overlap the holder's, and a container never made", async () => {
      const { batches, maker, whole, box, tote } = await loadFixture(parted);
      for (const item of [whole, { ...whole, first: 3, count: 5 }, { ...whole, count: 10 }, box]) {
        await expect(batches.connect(maker).pack(tote, items(item), maker))
          .to.be.revertedWithCustomError(batches, "ItemUnknown")
          .withArgs(itemId(item));
      }
    });

    it("adds to a container, and makes it no second time", async () => {
      const { batches, maker, third, box } = await loadFixture(packed);
      await expect(batches.connect(maker).pack(box, items(third), maker)).not.to.emit(batches, "ContainerMade");
      expect((await batches.custodyOf(containerId(box))).items).to.equal(3);
    });

    it("lets nobody squat a label: the same one by another packer is another container", async () => {
      const house = await loadFixture(packed);
      const { batches, maker, rival, box, third } = house;
      const squatted = { ...box, packer: rival.address };
      await deliver(house, [third], { from: maker, fromRole: "Manufacturer", to: rival, toRole: "Manufacturer" });
      await batches.connect(rival).pack(squatted, items(third), rival);
      expect(containerId(squatted)).not.to.equal(containerId(box));
      expect((await batches.custodyOf(containerId(box))).items).to.equal(2);
    });

    it("takes a container for another one when it is named with other batches", async () => {
      const { batches, maker, third, box } = await loadFixture(packed);
      const wider = container(maker, 1, [TABLETS, OPIOIDS]);
      await expect(batches.connect(maker).pack(wider, items(third), maker)).to.emit(batches, "ContainerMade");
      expect(containerId(wider)).not.to.equal(containerId(box));
      expect((await batches.custodyOf(containerId(box))).items).to.equal(2);
    });

    it("rejects a container in itself, new or not", async () => {
      const { batches, maker, third, box, tote } = await loadFixture(packed);
      for (const itself of [box, tote]) {
        for (const inside of [items(itself), items(third, itself)]) {
          await expect(batches.connect(maker).pack(itself, inside, maker))
            .to.be.revertedWithCustomError(batches, "ContainerInItself")
            .withArgs(containerId(itself));
        }
      }
    });

    it("rejects a container in one that is inside it", async () => {
      const { batches, maker, box, tote } = await loadFixture(packed);
      await batches.connect(maker).pack(tote, items(box), maker);
      await expect(batches.connect(maker).pack(box, items(tote), maker))
        .to.be.revertedWithCustomError(batches, "ItemStatusInvalid")
        .withArgs(containerId(box), STATUS.Packed);
    });

    it("is as high as the highest inside, whatever the order", async () => {
      const { batches, maker, third, opioids, box, tote } = await loadFixture(packed);
      const pallet = container(maker, 3, [TABLETS, OPIOIDS]);
      await batches.connect(maker).pack(tote, items(opioids, box), maker);
      await batches.connect(maker).pack(pallet, items(tote), maker);
      await batches.connect(maker).pack(pallet, items(third), maker);
      expect((await batches.custodyOf(containerId(tote))).height).to.equal(2);
      expect((await batches.custodyOf(containerId(pallet))).height).to.equal(3);
      await batches.connect(maker).unpack(containerId(pallet), [containerId(tote)], maker);
      const another = container(maker, 4, [TABLETS, OPIOIDS]);
      await batches.connect(maker).pack(another, items(tote), maker);
      expect((await batches.custodyOf(containerId(another))).height).to.equal(3);
    });

    it("rejects what is packed elsewhere", async () => {
      const { batches, maker, first, tote } = await loadFixture(packed);
      await expect(batches.connect(maker).pack(tote, items(first), maker))
        .to.be.revertedWithCustomError(batches, "ItemStatusInvalid")
        .withArgs(parcelId(first), STATUS.Packed);
    });

    it("rejects what another holds, and a container another holds", async () => {
      const house = await loadFixture(packed);
      const { batches, maker, wholesaler, third, box } = house;
      await sell(house, box);
      const own = container(wholesaler, 9);
      await expect(batches.connect(wholesaler).pack(own, items(third), wholesaler))
        .to.be.revertedWithCustomError(batches, "ItemNotHeldBy")
        .withArgs(parcelId(third), wholesaler);
      await expect(batches.connect(maker).pack(box, items(third), maker))
        .to.be.revertedWithCustomError(batches, "ItemNotHeldBy")
        .withArgs(containerId(box), maker);
    });

    it("rejects a container in transit, missing or destroyed", async () => {
      const { batches, maker, wholesaler, third, box } = await loadFixture(packed);
      const ledger = batches.connect(maker);
      const id = containerId(box);
      const rejects = (status: number) =>
        expect(ledger.pack(box, items(third), maker))
          .to.be.revertedWithCustomError(batches, "ItemStatusInvalid")
          .withArgs(id, status);
      await ledger.ship(items(box), handover(maker, "Manufacturer", wholesaler, "Distributor"), EVIDENCE);
      await rejects(STATUS.InTransit);
      await ledger.cancelShipment([id], maker, wholesaler);
      await ledger.reportMissing([id], maker, EVIDENCE);
      await rejects(STATUS.Missing);
      await ledger.recover([id], maker, EVIDENCE);
      await ledger.destroy([id], maker, EVIDENCE);
      await rejects(STATUS.Destroyed);
    });

    it("lets its next holder add to a container", async () => {
      const house = await loadFixture(packed);
      const { batches, wholesaler, third, box } = house;
      await sell(house, box, third);
      await batches.connect(wholesaler).pack(box, items(third), wholesaler);
      expect((await batches.custodyOf(containerId(box))).items).to.equal(3);
    });

    for (const [name, condition] of Object.entries(CONDITION).slice(1, 3)) {
      it(`rejects an item, and a container, that is ${name}`, async () => {
        const { batches, maker, third, fourth, box, tote } = await loadFixture(packed);
        const by = { organisation: maker.address, authority: AUTHORITY.Holder };
        await batches.connect(maker).setCondition(items(third, box), by, condition, REASON.Damage, EVIDENCE);
        await expect(batches.connect(maker).pack(tote, items(third), maker))
          .to.be.revertedWithCustomError(batches, "ItemNotSound")
          .withArgs(parcelId(third), condition);
        await expect(batches.connect(maker).pack(box, items(fourth), maker))
          .to.be.revertedWithCustomError(batches, "ItemNotSound")
          .withArgs(containerId(box), condition);
      });
    }
  });

  describe("unpack", () => {
    it("takes items out, into the holder's custody", async () => {
      const house = await loadFixture(packed);
      const { batches, wholesaler, first, box } = house;
      await sell(house, box);
      const id = containerId(box);
      await expect(batches.connect(wholesaler).unpack(id, [parcelId(first)], wholesaler))
        .to.emit(batches, "ItemUnpacked")
        .withArgs(id, parcelId(first), wholesaler, wholesaler);
      const now = await time.latest();
      const custody = await batches.custodyOf(parcelId(first));
      expect(custody).to.deep.equal([wholesaler.address, STATUS.InCustody, 0n, 0n, 0n, 0n, now]);
      const outer = await batches.custodyOf(id);
      expect(outer.items).to.equal(1);
      expect(outer.since).to.be.lessThan(now);
    });

    it("ends an emptied container, which its packer packs again and nobody else", async () => {
      const house = await loadFixture(packed);
      const { batches, maker, wholesaler, first, second, third, box } = house;
      await sell(house, box);
      const id = containerId(box);
      await batches.connect(wholesaler).unpack(id, [first, second].map(parcelId), wholesaler);
      expect((await batches.custodyOf(id)).status).to.equal(STATUS.None);
      await expect(batches.connect(wholesaler).pack(box, items(first), wholesaler))
        .to.be.revertedWithCustomError(batches, "ContainerNotYours")
        .withArgs(id, maker);
      await expect(batches.connect(wholesaler).unpack(id, [parcelId(first)], wholesaler))
        .to.be.revertedWithCustomError(batches, "ItemUnknown")
        .withArgs(id);
      await expect(batches.connect(maker).pack(box, items(third), maker))
        .to.emit(batches, "ContainerMade")
        .withArgs(id, box.label, maker, box.batches);
      expect((await batches.custodyOf(id)).items).to.equal(1);
    });

    it("starts an emptied container again from the ground", async () => {
      const { batches, maker, third, box, tote } = await loadFixture(packed);
      const id = containerId(tote);
      await batches.connect(maker).pack(tote, items(box), maker);
      await batches.connect(maker).unpack(id, [containerId(box)], maker);
      await batches.connect(maker).pack(tote, items(third), maker);
      expect((await batches.custodyOf(id)).height).to.equal(1);
    });

    it("names the member of staff who did it, and rejects everybody else", async () => {
      const house = await loadFixture(packed);
      const { accreditation, batches, maker, wholesaler, clerk, regulator, operator, first, box } = house;
      await sell(house, box);
      const end = (await time.latest()) + 100;
      await accreditation.connect(wholesaler).setMember(operator, end);
      for (const caller of [maker, clerk, regulator]) {
        await expect(batches.connect(caller).unpack(containerId(box), [parcelId(first)], wholesaler))
          .to.be.revertedWithCustomError(batches, "CustodyUnauthorized")
          .withArgs(wholesaler, caller);
      }
      await time.setNextBlockTimestamp(end - 1);
      await expect(batches.connect(operator).unpack(containerId(box), [parcelId(first)], wholesaler))
        .to.emit(batches, "ItemUnpacked")
        .withArgs(containerId(box), parcelId(first), wholesaler, operator);
      await time.setNextBlockTimestamp(end);
      await expect(batches.connect(operator).unpack(containerId(box), [parcelId(first)], wholesaler))
        .to.be.revertedWithCustomError(batches, "CustodyUnauthorized")
        .withArgs(wholesaler, operator);
    });

    it("rejects a container another holds, in the caller's own name", async () => {
      const house = await loadFixture(packed);
      const { batches, maker, first, box } = house;
      await sell(house, box);
      await expect(batches.connect(maker).unpack(containerId(box), [parcelId(first)], maker))
        .to.be.revertedWithCustomError(batches, "ItemNotHeldBy")
        .withArgs(containerId(box), maker);
    });

    it("rejects naming nothing", async () => {
      const { batches, maker, box } = await loadFixture(packed);
      await expect(batches.connect(maker).unpack(containerId(box), [], maker)).to.be.revertedWithCustomError(
        batches,
        "ItemsMissing",
      );
    });

    it("rejects the same item twice, an item of another container, one in none and one never made", async () => {
      const { batches, maker, whole, first, third, fourth, box, tote } = await loadFixture(packed);
      await batches.connect(maker).pack(tote, items(third), maker);
      const id = containerId(box);
      for (const named of [[first, first], [third], [fourth]]) {
        await expect(batches.connect(maker).unpack(id, named.map(parcelId), maker))
          .to.be.revertedWithCustomError(batches, "ItemNotInside")
          .withArgs(parcelId(named[0] as Parcel), id);
      }
      await expect(batches.connect(maker).unpack(id, [parcelId(whole)], maker))
        .to.be.revertedWithCustomError(batches, "ItemUnknown")
        .withArgs(parcelId(whole));
    });

    it("rejects what is inside a container inside", async () => {
      const { batches, maker, first, box, tote } = await loadFixture(packed);
      await batches.connect(maker).pack(tote, items(box), maker);
      await expect(batches.connect(maker).unpack(containerId(tote), [parcelId(first)], maker))
        .to.be.revertedWithCustomError(batches, "ItemNotInside")
        .withArgs(parcelId(first), containerId(tote));
      await expect(batches.connect(maker).unpack(containerId(box), [parcelId(first)], maker))
        .to.be.revertedWithCustomError(batches, "ItemStatusInvalid")
        .withArgs(containerId(box), STATUS.Packed);
    });

    it("rejects a container in transit, missing or destroyed", async () => {
      const { batches, maker, wholesaler, first, box } = await loadFixture(packed);
      const ledger = batches.connect(maker);
      const id = containerId(box);
      const rejects = (status: number) =>
        expect(ledger.unpack(id, [parcelId(first)], maker))
          .to.be.revertedWithCustomError(batches, "ItemStatusInvalid")
          .withArgs(id, status);
      await ledger.ship(items(box), handover(maker, "Manufacturer", wholesaler, "Distributor"), EVIDENCE);
      await rejects(STATUS.InTransit);
      await ledger.cancelShipment([id], maker, wholesaler);
      await ledger.reportMissing([id], maker, EVIDENCE);
      await rejects(STATUS.Missing);
      await ledger.recover([id], maker, EVIDENCE);
      await ledger.destroy([id], maker, EVIDENCE);
      await rejects(STATUS.Destroyed);
    });

    it("launders no finding: what was known against the container is known against its parts", async () => {
      const { batches, maker, regulator, first, second, box } = await loadFixture(packed);
      const by = { organisation: regulator.address, authority: AUTHORITY.Regulator };
      const id = containerId(box);
      await batches.connect(regulator).setCondition(items(box), by, CONDITION.Suspect, REASON.Quality, EVIDENCE);
      await batches.connect(maker).unpack(id, [parcelId(first)], maker);
      await batches.connect(maker).unpack(id, [parcelId(second)], maker);
      for (const parcel of [first, second]) {
        const { condition, heldBy } = await batches.custodyOf(parcelId(parcel));
        expect(condition).to.equal(CONDITION.Suspect);
        expect(heldBy).to.equal(AUTHORITY.Regulator);
      }
    });

    it("takes no finding out of a container that was cleared", async () => {
      const { batches, maker, first, box } = await loadFixture(packed);
      const by = { organisation: maker.address, authority: AUTHORITY.Holder };
      const ledger = batches.connect(maker);
      await ledger.setCondition(items(box), by, CONDITION.OnHold, REASON.Damage, EVIDENCE);
      await ledger.setCondition(items(box), by, CONDITION.Sound, REASON.Damage, EVIDENCE);
      await ledger.unpack(containerId(box), [parcelId(first)], maker);
      const { condition, heldBy } = await batches.custodyOf(parcelId(first));
      expect([condition, heldBy]).to.deep.equal([0n, 0n]);
    });
  });

  describe("rootCustodyOf", () => {
    it("is an item's own when it is in no container, and nothing of no item", async () => {
      const { batches, maker, whole, fourth } = await loadFixture(packed);
      const [root, custody] = await batches.rootCustodyOf(parcelId(fourth));
      expect(root).to.equal(parcelId(fourth));
      expect(custody.holder).to.equal(maker.address);
      const [none, nothing] = await batches.rootCustodyOf(parcelId(whole));
      expect(none).to.equal(parcelId(whole));
      expect(nothing.status).to.equal(STATUS.None);
    });

    it("follows the outermost of four containers wherever it goes", async () => {
      const house = await loadFixture(packed);
      const { batches, maker, wholesaler, third } = house;
      const nest = [1, 2, 3, 4].map((serial) => container(maker, 10 + serial));
      let inner: Parcel | Container = third;
      for (const outer of nest) {
        await batches.connect(maker).pack(outer, items(inner), maker);
        inner = outer;
      }
      await sell(house, inner);
      for (const item of [third, ...nest]) {
        const [root, custody] = await batches.rootCustodyOf(itemId(item));
        expect(root).to.equal(itemId(inner));
        expect(custody.holder).to.equal(wholesaler.address);
      }
    });
  });
});

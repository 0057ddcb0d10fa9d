import { expect } from "chai";
import { AbiCoder, id, keccak256, parseEther, ZeroHash } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { ethers, FAR, loadFixture } from "../fixtures.js";
import {
  AUTHORITY,
  batchId,
  CLASS,
  commissioned,
  CONDITION,
  container,
  containerId,
  deliver,
  DEPTH,
} from "./ledger.js";
import { EVIDENCE, handover, itemId, items, OPIOID, parcelId, REASON, STATUS, stocked, TABLET } from "./ledger.js";
import { unitIn } from "./ledger.js";
import { commitment, OPENING, prescribed, SALT } from "./pharmacies.js";

const [DISTRIBUTOR, PHARMACY, MANUFACTURER] = (["Distributor", "Pharmacy", "Manufacturer"] as const).map(
  roleNumber,
) as [number, number, number];
const SERVICE = roleNumber("PrescriptionService");
const PRESCRIPTION = id("prescription");

type Medicine = Awaited<ReturnType<typeof commissioned>>;

/** Whoever has the key to an address that is no account's: what no attacker can, and what must not help if one could. */
async function at(address: string) {
  const [funder] = await ethers.getSigners();
  await ethers.provider.send("hardhat_impersonateAccount", [address]);
  await funder?.sendTransaction({ to: address, value: parseEther("1") });
  return ethers.getSigner(address);
}

/** What stands for sender and consignee in the slot of an item on its way. */
function transit(from: { address: string }, to: { address: string }): string {
  const pair = AbiCoder.defaultAbiCoder().encode(["address", "address"], [from.address, to.address]);
  return `0x${keccak256(pair).slice(26)}`;
}

/** The maker's tablets, the first five in a case on a pallet, and the rest. */
async function palletised() {
  const house = await commissioned();
  const { batches, maker, whole } = house;
  await batches.connect(maker).split(whole, [5, 15]);
  const [five, rest] = [
    { ...whole, count: 5 },
    { ...whole, first: 5, count: 15 },
  ];
  const [box, pallet] = [container(maker, 1), container(maker, 2, [batchId(), batchId(OPIOID)])];
  await batches.connect(maker).pack(box, items(five), maker);
  await batches.connect(maker).pack(pallet, items(box), maker);
  return { ...house, five, rest, box, pallet };
}

/** {@link stocked}, with the relayer as a licensed service of the pharmacy's, and none of the branch's. */
async function served() {
  const house = await stocked();
  await house.accreditation.accredit(house.relayer, SERVICE, FAR);
  await house.batches.connect(house.pharmacy).setService(house.relayer, true);
  return { ...house, pack: unitIn(house.whole, 0, house.tree) };
}

function recall({ batches, maker }: Medicine, batch = batchId()) {
  return batches.connect(maker).recall(batch, maker, CLASS.I, DEPTH.Consumer, EVIDENCE);
}

describe("attacks on the medication ledger", () => {
  describe("by way of a slot's holder field", () => {
    it("gives an account whose address is a container's id nothing of what is inside", async () => {
      const { accreditation, batches, wholesaler, five, box, pallet, tree } = await loadFixture(palletised);
      const thief = await at(containerId(box));
      for (const role of [DISTRIBUTOR, PHARMACY, MANUFACTURER]) await accreditation.accredit(thief, role, FAR);
      const mine = batches.connect(thief);
      const [held, ids, loot] = [items(five), [parcelId(five)], container(thief, 9)];
      const party = {
        organisation: thief.address,
        authority: AUTHORITY.Holder,
      };
      for (const theft of [
        () => mine.split(five, [1, 4]),
        () => mine.pack(loot, held, thief),
        () =>
          mine.ship(
            held,
            {
              ...handover(wholesaler, "Pharmacy", wholesaler, "Distributor"),
              from: thief.address,
            },
            EVIDENCE,
          ),
        () => mine.setCondition(held, party, CONDITION.OnHold, REASON.Other, EVIDENCE),
        () => mine.destroy(ids, thief, EVIDENCE),
        () => mine.reportMissing(ids, thief, EVIDENCE),
        () => mine.recover(ids, thief, EVIDENCE),
        () => mine.dispense(unitIn(five, 0, tree)),
      ]) {
        await expect(theft())
          .to.be.revertedWithCustomError(batches, "ItemStatusInvalid")
          .withArgs(parcelId(five), STATUS.Packed);
      }
      for (const [outer, inner, status] of [
        [box, five, STATUS.Packed],
        [pallet, box, STATUS.InCustody],
      ] as const) {
        const refused = expect(mine.unpack(containerId(outer), [itemId(inner)], thief)).to.be;
        if (status === STATUS.Packed) await refused.revertedWithCustomError(batches, "ItemStatusInvalid");
        else await refused.revertedWithCustomError(batches, "ItemNotHeldBy").withArgs(containerId(outer), thief);
      }
      await expect(mine.receiveItems(ids, thief, thief, PHARMACY))
        .to.be.revertedWithCustomError(batches, "ShipmentUnknown")
        .withArgs(parcelId(five), thief, thief);
    });

    it("gives an account whose address is a shipment's hash nothing of what is on its way", async () => {
      const { accreditation, batches, maker, wholesaler, whole, tree } = await loadFixture(commissioned);
      const thief = await at(transit(maker, wholesaler));
      for (const role of [DISTRIBUTOR, PHARMACY, MANUFACTURER]) await accreditation.accredit(thief, role, FAR);
      await batches
        .connect(maker)
        .ship(items(whole), handover(maker, "Manufacturer", wholesaler, "Distributor"), EVIDENCE);
      expect((await batches.custodyOf(parcelId(whole))).holder).to.equal(thief.address);
      const mine = batches.connect(thief);
      const [held, ids] = [items(whole), [parcelId(whole)]];
      for (const theft of [
        () => mine.split(whole, [1, 19]),
        () => mine.pack(container(thief, 9), held, thief),
        () => mine.destroy(ids, thief, EVIDENCE),
        () => mine.reportMissing(ids, thief, EVIDENCE),
        () => mine.recover(ids, thief, EVIDENCE),
        () => mine.dispense(unitIn(whole, 0, tree)),
      ]) {
        await expect(theft())
          .to.be.revertedWithCustomError(batches, "ItemStatusInvalid")
          .withArgs(ids[0], STATUS.InTransit);
      }
      const party = {
        organisation: thief.address,
        authority: AUTHORITY.Holder,
      };
      await expect(mine.setCondition(held, party, CONDITION.OnHold, REASON.Other, EVIDENCE))
        .to.be.revertedWithCustomError(batches, "AuthorityInvalid")
        .withArgs(ids[0], thief, AUTHORITY.Holder, thief);
      for (const [from, to] of [
        [thief, thief],
        [maker, thief],
        [thief, wholesaler],
      ] as const) {
        const signer = to === thief ? thief : wholesaler;
        await expect(batches.connect(signer).receiveItems(ids, from, to, DISTRIBUTOR))
          .to.be.revertedWithCustomError(batches, "ShipmentUnknown")
          .withArgs(ids[0], from, to);
      }
    });

    it("takes a container's id for no parcel's, nor the other way round", async () => {
      const { batches, maker, five, box, pallet } = await loadFixture(palletised);
      await expect(batches.connect(maker).unpack(parcelId(five), [containerId(box)], maker))
        .to.be.revertedWithCustomError(batches, "ItemStatusInvalid")
        .withArgs(parcelId(five), STATUS.Packed);
      await expect(batches.connect(maker).unpack(containerId(pallet), [parcelId(five)], maker))
        .to.be.revertedWithCustomError(batches, "ItemNotInside")
        .withArgs(parcelId(five), containerId(pallet));
      // A parcel of the container's first words: packer and label as batch and range.
      const posing = { batch: box.label, first: 0, count: 1 };
      await expect(batches.connect(maker).split(posing, [1]))
        .to.be.revertedWithCustomError(batches, "ItemUnknown")
        .withArgs(parcelId(posing));
    });

    it("makes nobody the manufacturer of a batch nobody commissioned", async () => {
      const { batches, maker, rival, five, box } = await loadFixture(palletised);
      const ghost = container(maker, 3, [id("nobody's batch")]);
      await expect(batches.connect(maker).pack(ghost, items(five), maker)).to.be.revertedWithCustomError(
        batches,
        "ItemStatusInvalid",
      );
      const mixed = container(maker, 4, [batchId(), id("nobody's batch")]);
      await batches
        .connect(maker)
        .unpack(containerId(container(maker, 2, [batchId(), batchId(OPIOID)])), [containerId(box)], maker);
      await batches.connect(maker).pack(mixed, items(box), maker);
      for (const organisation of [maker, rival]) {
        const party = {
          organisation: organisation.address,
          authority: AUTHORITY.Manufacturer,
        };
        await expect(
          batches.connect(organisation).setCondition(items(mixed), party, CONDITION.OnHold, REASON.Other, EVIDENCE),
        )
          .to.be.revertedWithCustomError(batches, "AuthorityInvalid")
          .withArgs(containerId(mixed), organisation, AUTHORITY.Manufacturer, organisation);
      }
    });
  });

  describe("by packing", () => {
    it("brings nothing recalled to a pharmacy two containers deep, under whatever key", async () => {
      const house = await loadFixture(palletised);
      const { batches, maker, pharmacy, box, pallet } = house;
      await recall(house);
      const onward = handover(maker, "Manufacturer", pharmacy, "Pharmacy");
      await expect(batches.connect(maker).ship(items(pallet), onward, EVIDENCE))
        .to.be.revertedWithCustomError(batches, "GoodsUnsafe")
        .withArgs(containerId(pallet));
      const innocent = { ...pallet, batches: [batchId(OPIOID)] };
      await expect(batches.connect(maker).ship(items(innocent), onward, EVIDENCE))
        .to.be.revertedWithCustomError(batches, "ItemUnknown")
        .withArgs(containerId(innocent));
      const repacked = container(maker, 5, [batchId(OPIOID)]);
      await batches.connect(maker).unpack(containerId(pallet), [containerId(box)], maker);
      await expect(batches.connect(maker).pack(repacked, items(box), maker))
        .to.be.revertedWithCustomError(batches, "ContainerBatchMissing")
        .withArgs(containerId(repacked), batchId());
      await expect(batches.connect(maker).pack(repacked, items({ ...box, batches: [batchId(OPIOID)] }), maker))
        .to.be.revertedWithCustomError(batches, "ItemUnknown")
        .withArgs(containerId({ ...box, batches: [batchId(OPIOID)] }));
    });

    it("washes no regulator's hold off by unpacking, splitting, losing, finding and selling on", async () => {
      const house = await loadFixture(palletised);
      const { batches, regulator, maker, wholesaler, five, box, pallet } = house;
      const inspector = {
        organisation: regulator.address,
        authority: AUTHORITY.Regulator,
      };
      await batches
        .connect(regulator)
        .setCondition(items(pallet), inspector, CONDITION.OnHold, REASON.Quality, EVIDENCE);
      const mine = batches.connect(maker);
      await mine.unpack(containerId(pallet), [containerId(box)], maker);
      await mine.unpack(containerId(box), [parcelId(five)], maker);
      await mine.split(five, [2, 3]);
      const part = { ...five, count: 2 };
      await mine.reportMissing([parcelId(part)], maker, EVIDENCE);
      await mine.recover([parcelId(part)], maker, EVIDENCE);
      await deliver(house, [part], {
        from: maker,
        fromRole: "Manufacturer",
        to: wholesaler,
        toRole: "Distributor",
      });
      expect(await batches.custodyOf(parcelId(part))).to.deep.include.members([
        BigInt(CONDITION.Suspect),
        BigInt(AUTHORITY.Regulator),
      ]);
      for (const [organisation, authority] of [
        [wholesaler, AUTHORITY.Holder],
        [maker, AUTHORITY.Manufacturer],
      ] as const) {
        const party = { organisation: organisation.address, authority };
        await expect(
          batches.connect(organisation).setCondition(items(part), party, CONDITION.Sound, REASON.Other, EVIDENCE),
        )
          .to.be.revertedWithCustomError(batches, "AuthorityTooLow")
          .withArgs(parcelId(part), AUTHORITY.Regulator);
      }
      await expect(batches.connect(wholesaler).pack(container(wholesaler, 6), items(part), wholesaler))
        .to.be.revertedWithCustomError(batches, "ItemNotSound")
        .withArgs(parcelId(part), CONDITION.Suspect);
      await expect(batches.connect(wholesaler).destroy([parcelId(part)], wholesaler, EVIDENCE))
        .to.be.revertedWithCustomError(batches, "AuthorityTooLow")
        .withArgs(parcelId(part), AUTHORITY.Regulator);
    });

    it("finds no goods in a container that was held, emptied and made again", async () => {
      const { batches, regulator, maker, pharmacy, five, box, pallet } = await loadFixture(palletised);
      const inspector = {
        organisation: regulator.address,
        authority: AUTHORITY.Regulator,
      };
      await batches.connect(maker).unpack(containerId(pallet), [containerId(box)], maker);
      await batches.connect(regulator).setCondition(items(box), inspector, CONDITION.Suspect, REASON.Quality, EVIDENCE);
      await batches.connect(maker).unpack(containerId(box), [parcelId(five)], maker);
      await expect(batches.connect(maker).pack(box, items(five), maker))
        .to.be.revertedWithCustomError(batches, "ItemNotSound")
        .withArgs(parcelId(five), CONDITION.Suspect);
      const onward = handover(maker, "Manufacturer", pharmacy, "Pharmacy");
      await expect(batches.connect(maker).ship(items(box), onward, EVIDENCE))
        .to.be.revertedWithCustomError(batches, "ItemUnknown")
        .withArgs(containerId(box));
      await expect(batches.connect(maker).ship(items(five), onward, EVIDENCE))
        .to.be.revertedWithCustomError(batches, "GoodsUnsafe")
        .withArgs(parcelId(five));
    });

    it("makes no ring of containers, in one call or in three", async () => {
      const { batches, maker, rest, box, pallet } = await loadFixture(palletised);
      const ring = container(maker, 7, [batchId(), batchId(OPIOID)]);
      await batches.connect(maker).pack(ring, items(rest), maker);
      const pack = (outer: typeof ring, inner: typeof ring) =>
        batches.interface.encodeFunctionData("pack", [outer, items(inner), maker.address]);
      await expect(batches.connect(maker).multicall([pack(ring, pallet), pack(pallet, ring)]))
        .to.be.revertedWithCustomError(batches, "ItemStatusInvalid")
        .withArgs(containerId(pallet), STATUS.Packed);
      await expect(batches.connect(maker).pack(ring, items(pallet, ring), maker))
        .to.be.revertedWithCustomError(batches, "ContainerInItself")
        .withArgs(containerId(ring));
      await expect(batches.connect(maker).pack(ring, items(box), maker))
        .to.be.revertedWithCustomError(batches, "ItemStatusInvalid")
        .withArgs(containerId(box), STATUS.Packed);
    });
  });

  describe("by dispensing", () => {
    it("moves no parcel with a dispensed unit, however it is split", async () => {
      const { batches, pharmacy, branch, whole, tree } = await loadFixture(stocked);
      const mine = batches.connect(pharmacy);
      await mine.dispense(unitIn(whole, 7, tree));
      await mine.split(whole, [7, 1, 12]);
      const sold = { ...whole, first: 7, count: 1 };
      await mine.split(sold, [1]);
      const ids = [parcelId(sold)];
      for (const escape of [
        () => mine.ship(items(sold), handover(pharmacy, "Pharmacy", branch, "Pharmacy"), EVIDENCE),
        () => mine.pack(container(pharmacy, 9), items(sold), pharmacy),
        () => mine.reportMissing(ids, pharmacy, EVIDENCE),
        () => mine.recover(ids, pharmacy, EVIDENCE),
        () => mine.destroy(ids, pharmacy, EVIDENCE),
      ]) {
        await expect(escape())
          .to.be.revertedWithCustomError(batches, "ItemStatusInvalid")
          .withArgs(ids[0], STATUS.Opened);
      }
    });

    it("sells a unit twice neither in one batch of calls nor at two pharmacies", async () => {
      const house = await loadFixture(stocked);
      const { batches, pharmacy, branch, whole, tree } = house;
      const unit = unitIn(whole, 0, tree);
      const [sell, takeBack] = (["dispense", "returnToStock"] as const).map((call) =>
        batches.interface.encodeFunctionData(call as "dispense", [unit]),
      ) as [string, string];
      await expect(batches.connect(pharmacy).multicall([sell, takeBack, sell, takeBack, sell]))
        .to.be.revertedWithCustomError(batches, "UnitReturnedBefore")
        .withArgs(unit.parcel.batch, 0);
      await batches.connect(pharmacy).multicall([sell, takeBack]);
      await batches.connect(pharmacy).split(whole, [20]);
      await deliver(house, [whole], {
        from: pharmacy,
        fromRole: "Pharmacy",
        to: branch,
        toRole: "Pharmacy",
      });
      await batches.connect(branch).dispense(unit);
      for (const seller of [pharmacy, branch]) {
        await expect(batches.connect(seller).multicall([takeBack])).to.be.revertedWithCustomError(
          batches,
          seller === branch ? "UnitReturnedBefore" : "PharmacyInvalid",
        );
        await expect(batches.connect(seller).multicall([sell])).to.be.revertedWithCustomError(
          batches,
          seller === branch ? "UnitAlreadyDispensed" : "PharmacyInvalid",
        );
      }
    });

    it("gives a service only the stock of who let it in, and that once, safe and unrecalled", async () => {
      const house = await loadFixture(served);
      const { batches, relayer, pharmacy, branch, whole, tree, pack } = house;
      const service = batches.connect(relayer);
      await batches.connect(pharmacy).split(whole, [10, 10]);
      const [mine, theirs] = [
        { ...whole, count: 10 },
        { ...whole, first: 10, count: 10 },
      ];
      await deliver(house, [theirs], {
        from: pharmacy,
        fromRole: "Pharmacy",
        to: branch,
        toRole: "Pharmacy",
      });
      await expect(service.dispenseOnPrescription(unitIn(theirs, 10, tree), branch, PRESCRIPTION))
        .to.be.revertedWithCustomError(batches, "ServiceInvalid")
        .withArgs(branch, relayer);
      await expect(service.dispenseOnPrescription(unitIn(theirs, 10, tree), pharmacy, PRESCRIPTION))
        .to.be.revertedWithCustomError(batches, "ItemNotHeldBy")
        .withArgs(parcelId(theirs), pharmacy);
      const unit = { ...pack, parcel: mine };
      await service.dispenseOnPrescription(unit, pharmacy, PRESCRIPTION);
      await service.returnPrescribedToStock(unit, pharmacy, PRESCRIPTION);
      await service.dispenseOnPrescription(unit, pharmacy, id("another prescription"));
      await expect(service.returnPrescribedToStock(unit, pharmacy, PRESCRIPTION))
        .to.be.revertedWithCustomError(batches, "UnitReturnedBefore")
        .withArgs(batchId(), 0);
      await recall(house);
      await expect(service.dispenseOnPrescription(unitIn(mine, 1, tree), pharmacy, PRESCRIPTION))
        .to.be.revertedWithCustomError(batches, "BatchIsRecalled")
        .withArgs(batchId());
      await expect(service.dispense(unitIn(mine, 1, tree)))
        .to.be.revertedWithCustomError(batches, "PharmacyInvalid")
        .withArgs(pharmacy, relayer);
    });

    it("takes neither an inner node nor a longer or shorter proof for a serial's", async () => {
      const { batches, pharmacy, whole, tree } = await loadFixture(stocked);
      const unit = unitIn(whole, 0, tree);
      const [sibling = ZeroHash, uncle = ZeroHash] = unit.proof;
      for (const forged of [
        { ...unit, proof: unit.proof.slice(1) },
        { ...unit, proof: unit.proof.slice(0, -1) },
        { ...unit, proof: [...unit.proof, ZeroHash] },
        { ...unit, serial: sibling, proof: unit.proof.slice(1) },
        { ...unit, serial: tree.root, proof: [] },
        { ...unit, proof: [uncle, sibling, ...unit.proof.slice(2)] },
        { ...unit, number: 1 },
      ]) {
        await expect(batches.connect(pharmacy).dispense(forged))
          .to.be.revertedWithCustomError(batches, "SerialNotCommitted")
          .withArgs(batchId(), forged.number, forged.serial);
      }
    });
  });

  describe("by prescription", () => {
    it("reverses no fill with a pack that came back otherwise and was sold again", async () => {
      const house = await loadFixture(prescribed);
      const { prescriptions, batches, doctor, pharmacy, patient, whole, tree, prescription } = house;
      const unit = unitIn(whole, 0, tree);
      const tablets = {
        ...prescription,
        product: commitment(TABLET),
        patient: patient.address,
      };
      await prescriptions.connect(doctor).issue(tablets, pharmacy);
      await prescriptions.connect(pharmacy).fill(tablets, 3, unit, { ...OPENING, product: TABLET });
      await batches.connect(pharmacy).returnToStock(unit);
      await expect(
        prescriptions.connect(pharmacy).returnToStock(tablets, 3, unit, { ...OPENING, product: TABLET }, pharmacy),
      )
        .to.be.revertedWithCustomError(batches, "UnitNotDispensed")
        .withArgs(batchId(), 0);
      await batches.connect(pharmacy).dispense(unit);
      await expect(
        prescriptions.connect(pharmacy).returnToStock(tablets, 3, unit, { ...OPENING, product: TABLET }, pharmacy),
      )
        .to.be.revertedWithCustomError(batches, "UnitReturnedBefore")
        .withArgs(batchId(), 0);
    });

    it("reverses a fill neither in the name of another pharmacy nor with its pack", async () => {
      const { prescriptions, batches, pharmacy, branch, prescription, key, mine, pack, opioidTree } =
        await loadFixture(prescribed);
      await prescriptions.connect(pharmacy).fill(prescription, 2, pack(0), OPENING);
      await expect(prescriptions.connect(branch).returnToStock(prescription, 2, pack(0), OPENING, pharmacy))
        .to.be.revertedWithCustomError(prescriptions, "PrescriptionNotYours")
        .withArgs(key, pharmacy, branch);
      await expect(prescriptions.connect(branch).returnToStock(prescription, 2, pack(10), OPENING, branch))
        .to.be.revertedWithCustomError(prescriptions, "FillUnknown")
        .withArgs(key);
      const posing = {
        ...unitIn(mine, 0, opioidTree),
        parcel: pack(10).parcel,
      };
      await expect(
        prescriptions.connect(branch).returnToStock(prescription, 2, posing, OPENING, branch),
      ).to.be.revertedWithCustomError(batches, "UnitNotInParcel");
    });

    it("fills no more than prescribed by filling and reversing in one batch of calls", async () => {
      const { prescriptions, pharmacy, prescription, key, pack } = await loadFixture(prescribed);
      const fill = (number: number, doses: number) =>
        prescriptions.interface.encodeFunctionData("fill", [prescription, doses, pack(number), OPENING]);
      const reverse = (number: number, doses: number) =>
        prescriptions.interface.encodeFunctionData("returnToStock", [
          prescription,
          doses,
          pack(number),
          OPENING,
          pharmacy.address,
        ]);
      const mine = prescriptions.connect(pharmacy);
      await expect(mine.multicall([fill(0, 2), fill(1, 2)]))
        .to.be.revertedWithCustomError(prescriptions, "PrescriptionSpent")
        .withArgs(key, 1, 2);
      await expect(mine.multicall([fill(0, 2), fill(1, 1), reverse(1, 1), reverse(0, 2)]))
        .to.be.revertedWithCustomError(prescriptions, "FillUnknown")
        .withArgs(key);
      await expect(mine.multicall([fill(0, 2), reverse(0, 2), reverse(0, 2)]))
        .to.be.revertedWithCustomError(prescriptions, "FillUnknown")
        .withArgs(key);
    });

    it("opens a commitment with no other split of product and salt", async () => {
      const { prescriptions, pharmacy, prescription, key, whole, tree } = await loadFixture(prescribed);
      for (const [product, salt] of [
        [TABLET, SALT],
        [SALT, OPIOID],
      ] as const) {
        await expect(
          prescriptions.connect(pharmacy).fill(prescription, 1, unitIn(whole, 0, tree), {
            product,
            salt,
            lot: OPENING.lot,
          }),
        )
          .to.be.revertedWithCustomError(prescriptions, "PrescriptionProductMismatch")
          .withArgs(key, product);
      }
    });
  });

  describe("by way around the ledger", () => {
    it("keeps the caller in a batch of calls, also in a batch inside one", async () => {
      const { batches, maker, stranger, whole } = await loadFixture(commissioned);
      const steal = batches.interface.encodeFunctionData("destroy", [[parcelId(whole)], maker.address, EVIDENCE]);
      const nested = batches.interface.encodeFunctionData("multicall", [[steal]]);
      for (const call of [steal, nested]) {
        await expect(batches.connect(stranger).multicall([call]))
          .to.be.revertedWithCustomError(batches, "CustodyUnauthorized")
          .withArgs(maker, stranger);
      }
    });
  });
});

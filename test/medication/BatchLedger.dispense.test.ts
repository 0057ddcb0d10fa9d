import { expect } from "chai";
import { encodeBytes32String, id, ZeroHash } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { FAR, loadFixture, setAccreditor, time } from "../fixtures.js";
import {
  AUTHORITY,
  batchId,
  CLASS,
  CONDITION,
  container,
  containerId,
  DEPTH,
  EVIDENCE,
  handover,
  items,
  NOBODY,
  OPIOID,
  parcelId,
  REASON,
  STATUS,
  stocked,
  TABLET,
  treeOf,
  unitIn,
} from "./ledger.js";

const PHARMACY = roleNumber("Pharmacy");
const SERVICE = roleNumber("PrescriptionService");
const PRESCRIPTION = id("prescription");

/** Places of `Finding`. */
const FINDING = { Verified: 0, Duplicate: 1, Unknown: 2, Misplaced: 3, Notified: 4 } as const;

type Stocked = Awaited<ReturnType<typeof stocked>>;

/** {@link stocked}, with the relayer as a licensed service of the pharmacy's. */
async function served() {
  const house = await stocked();
  await house.accreditation.accredit(house.relayer, SERVICE, FAR);
  await house.batches.connect(house.pharmacy).setService(house.relayer, true);
  const unit = unitIn(house.whole, 0, house.tree);
  const pill = unitIn(house.opioids, 0, house.opioidTree);
  return { ...house, service: house.relayer, unit, pill };
}

type Served = Awaited<ReturnType<typeof served>>;

describe("BatchLedger", () => {
  describe("setService", () => {
    it("lets a service dispense from the caller's stock, or no longer, and from nobody else's", async () => {
      const { batches, pharmacy, branch, stranger } = await loadFixture(served);
      for (const allowed of [true, false]) {
        await expect(batches.connect(pharmacy).setService(stranger, allowed))
          .to.emit(batches, "ServiceSet")
          .withArgs(pharmacy, stranger, allowed);
        expect(await batches.isServiceOf(pharmacy, stranger)).to.equal(allowed);
        expect(await batches.isServiceOf(branch, stranger)).to.be.false;
      }
    });

    it("does not let staff choose for the pharmacy", async () => {
      const { batches, pharmacy, clerk, stranger } = await loadFixture(served);
      await batches.connect(clerk).setService(stranger, true);
      expect(await batches.isServiceOf(pharmacy, stranger)).to.be.false;
    });

    it("rejects the zero address", async () => {
      const { batches, pharmacy } = await loadFixture(served);
      await expect(batches.connect(pharmacy).setService(NOBODY, true)).to.be.revertedWithCustomError(
        batches,
        "ServiceZero",
      );
    });
  });

  describe("dispense", () => {
    itDispensesGoodUnitsOnly(({ batches, pharmacy, unit }, changed = unit) =>
      batches.connect(pharmacy).dispense(changed),
    );

    it("dispenses a unit and opens its parcel, which stays where and since when it was", async () => {
      const { batches, pharmacy, whole, unit } = await loadFixture(served);
      const before = await batches.custodyOf(parcelId(whole));
      expect(await batches.isDispensed(batchId(), 0)).to.be.false;
      await expect(batches.connect(pharmacy).dispense(unit))
        .to.emit(batches, "UnitDispensed")
        .withArgs(batchId(), 0, pharmacy, encodeBytes32String("S0"), ZeroHash, pharmacy);
      expect(await batches.isDispensed(batchId(), 0)).to.be.true;
      expect(await batches.custodyOf(parcelId(whole))).to.deep.equal([
        before.holder,
        BigInt(STATUS.Opened),
        ...before.slice(2),
      ]);
    });

    it("dispenses every unit of a parcel, and no other unit with it", async () => {
      const { batches, pharmacy, whole, tree } = await loadFixture(served);
      for (const number of [7, 0, 19]) await batches.connect(pharmacy).dispense(unitIn(whole, number, tree));
      for (const number of [0, 7, 19]) expect(await batches.isDispensed(batchId(), number)).to.be.true;
      for (const number of [1, 6, 8, 18]) expect(await batches.isDispensed(batchId(), number)).to.be.false;
      expect(await batches.isDispensed(batchId(OPIOID), 7)).to.be.false;
    });

    it("takes the pharmacy's staff, and names it as the actor", async () => {
      const { batches, pharmacy, clerk, unit } = await loadFixture(served);
      await expect(batches.connect(clerk).dispense(unit))
        .to.emit(batches, "UnitDispensed")
        .withArgs(batchId(), 0, pharmacy, encodeBytes32String("S0"), ZeroHash, clerk);
    });

    it("rejects staff from the second its membership ends", async () => {
      const { accreditation, batches, pharmacy, clerk, unit } = await loadFixture(served);
      const end = (await time.latest()) + 100;
      await accreditation.connect(pharmacy).setMember(clerk, end);
      await time.setNextBlockTimestamp(end);
      await expect(batches.connect(clerk).dispense(unit))
        .to.be.revertedWithCustomError(batches, "PharmacyInvalid")
        .withArgs(pharmacy, clerk);
    });

    it("rejects another pharmacy, a service and a stranger", async () => {
      const { batches, pharmacy, branch, service, stranger, unit } = await loadFixture(served);
      for (const caller of [branch, service, stranger]) {
        await expect(batches.connect(caller).dispense(unit))
          .to.be.revertedWithCustomError(batches, "PharmacyInvalid")
          .withArgs(pharmacy, caller);
      }
    });

    it("rejects a holder that is no pharmacy", async () => {
      const { batches, maker, tree } = await loadFixture(served);
      const lot = encodeBytes32String("B456");
      const { root } = await treeOf(batchId(TABLET, lot));
      const expiry = FAR;
      await batches.connect(maker).commission({ product: TABLET, lot }, { expiry, units: tree.units, root });
      const unit = unitIn(
        { batch: batchId(TABLET, lot), first: 0, count: tree.units },
        0,
        await treeOf(batchId(TABLET, lot)),
      );
      await expect(batches.connect(maker).dispense(unit))
        .to.be.revertedWithCustomError(batches, "PharmacyInvalid")
        .withArgs(maker, maker);
    });

    it("rejects a pharmacy that is suspended, whose licence is over, or whose accreditor was dismissed", async () => {
      const house = await loadFixture(served);
      const { accreditation, admin, batches, pharmacy, unit } = house;
      const refused = () =>
        expect(batches.connect(pharmacy).dispense(unit))
          .to.be.revertedWithCustomError(batches, "PharmacyInvalid")
          .withArgs(pharmacy, pharmacy);
      await accreditation.suspend(pharmacy, PHARMACY);
      await refused();
      const end = (await time.latest()) + 100;
      await accreditation.accredit(pharmacy, PHARMACY, end);
      await time.setNextBlockTimestamp(end);
      await refused();
      await accreditation.accredit(pharmacy, PHARMACY, FAR);
      await setAccreditor(house, "Pharmacy", admin, false);
      await refused();
    });

    it("rejects what is on prescription only, over the counter", async () => {
      const { batches, pharmacy, pill } = await loadFixture(served);
      await expect(batches.connect(pharmacy).dispense(pill))
        .to.be.revertedWithCustomError(batches, "PrescriptionRequired")
        .withArgs(batchId(OPIOID));
    });
  });

  describe("dispenseOnPrescription", () => {
    const dispense = ({ batches, service, pharmacy, unit }: Served, changed = unit) =>
      batches.connect(service).dispenseOnPrescription(changed, pharmacy, PRESCRIPTION);

    itDispensesGoodUnitsOnly(dispense);
    itIsTheServicesAlone(dispense);

    it("dispenses what needs a prescription, and names the service as the actor", async () => {
      const { batches, pharmacy, service, pill } = await loadFixture(served);
      await expect(batches.connect(service).dispenseOnPrescription(pill, pharmacy, PRESCRIPTION))
        .to.emit(batches, "UnitDispensed")
        .withArgs(batchId(OPIOID), 0, pharmacy, encodeBytes32String("S0"), PRESCRIPTION, service);
      expect(await batches.isDispensed(batchId(OPIOID), 0)).to.be.true;
      expect((await batches.custodyOf(parcelId(pill.parcel))).status).to.equal(STATUS.Opened);
    });

    it("dispenses what needs none", async () => {
      const house = await loadFixture(served);
      await dispense(house);
      expect(await house.batches.isDispensed(batchId(), 0)).to.be.true;
    });
  });

  describe("returnToStock", () => {
    itReturnsOnce({
      dispense: ({ batches, pharmacy, unit }) => batches.connect(pharmacy).dispense(unit),
      takeBack: ({ batches, pharmacy, unit }, changed = unit) => batches.connect(pharmacy).returnToStock(changed),
      prescription: ZeroHash,
      actorOf: ({ pharmacy }) => pharmacy,
    });

    it("takes the pharmacy's staff, and rejects others and staff whose membership is over", async () => {
      const { accreditation, batches, pharmacy, branch, clerk, stranger, unit } = await loadFixture(served);
      await batches.connect(pharmacy).dispense(unit);
      for (const caller of [branch, stranger]) {
        await expect(batches.connect(caller).returnToStock(unit))
          .to.be.revertedWithCustomError(batches, "PharmacyInvalid")
          .withArgs(pharmacy, caller);
      }
      const end = (await time.latest()) + 100;
      await accreditation.connect(pharmacy).setMember(clerk, end);
      await time.setNextBlockTimestamp(end);
      await expect(batches.connect(clerk).returnToStock(unit))
        .to.be.revertedWithCustomError(batches, "PharmacyInvalid")
        .withArgs(pharmacy, clerk);
      await accreditation.connect(pharmacy).setMember(clerk, FAR);
      await expect(batches.connect(clerk).returnToStock(unit))
        .to.emit(batches, "UnitReturned")
        .withArgs(batchId(), 0, pharmacy, ZeroHash, clerk);
    });

    it("rejects what is on prescription only: the service takes it back", async () => {
      const { batches, pharmacy, service, pill } = await loadFixture(served);
      await batches.connect(service).dispenseOnPrescription(pill, pharmacy, PRESCRIPTION);
      await expect(batches.connect(pharmacy).returnToStock(pill))
        .to.be.revertedWithCustomError(batches, "PrescriptionRequired")
        .withArgs(batchId(OPIOID));
    });

    it("rejects a pharmacy whose licence is suspended", async () => {
      const { accreditation, batches, pharmacy, unit } = await loadFixture(served);
      await batches.connect(pharmacy).dispense(unit);
      await accreditation.suspend(pharmacy, PHARMACY);
      await expect(batches.connect(pharmacy).returnToStock(unit))
        .to.be.revertedWithCustomError(batches, "PharmacyInvalid")
        .withArgs(pharmacy, pharmacy);
    });
  });

  describe("returnPrescribedToStock", () => {
    const dispense = ({ batches, service, pharmacy, unit }: Served) =>
      batches.connect(service).dispenseOnPrescription(unit, pharmacy, PRESCRIPTION);
    const takeBack = ({ batches, service, pharmacy, unit }: Served, changed = unit) =>
      batches.connect(service).returnPrescribedToStock(changed, pharmacy, PRESCRIPTION);

    itReturnsOnce({ dispense, takeBack, prescription: PRESCRIPTION, actorOf: ({ service }) => service });
    itIsTheServicesAlone(takeBack);
  });

  describe("report", () => {
    const found = {
      batch: batchId(),
      number: 3,
      serial: encodeBytes32String("S3"),
      finding: FINDING.Duplicate,
      evidence: EVIDENCE,
    };

    it("puts on record what a partner of any trading role or a regulator found", async () => {
      const { accreditation, batches, regulator, maker, wholesaler, pharmacy, clinic } = await loadFixture(served);
      await accreditation.accredit(clinic, roleNumber("Provider"), FAR);
      for (const [partner, role] of [
        [regulator, "Regulator"],
        [maker, "Manufacturer"],
        [wholesaler, "Distributor"],
        [pharmacy, "Pharmacy"],
        [clinic, "Provider"],
      ] as const) {
        await expect(batches.connect(partner).report(found, partner, roleNumber(role)))
          .to.emit(batches, "UnitReported")
          .withArgs(batchId(), partner, FINDING.Duplicate, Object.values(found), partner);
      }
    });

    it("takes a partner's staff, until the second its membership ends", async () => {
      const { accreditation, batches, pharmacy, clerk } = await loadFixture(served);
      await expect(batches.connect(clerk).report({ ...found, finding: FINDING.Notified }, pharmacy, PHARMACY))
        .to.emit(batches, "UnitReported")
        .withArgs(batchId(), pharmacy, FINDING.Notified, [...Object.values({ ...found, finding: 4 })], clerk);
      const end = (await time.latest()) + 100;
      await accreditation.connect(pharmacy).setMember(clerk, end);
      await time.setNextBlockTimestamp(end);
      await expect(batches.connect(clerk).report(found, pharmacy, PHARMACY))
        .to.be.revertedWithCustomError(batches, "PartnerInvalid")
        .withArgs(pharmacy, PHARMACY);
    });

    it("rejects who does not act for the partner, and a partner not licensed in that role", async () => {
      const { accreditation, batches, pharmacy, stranger } = await loadFixture(served);
      await accreditation.suspend(pharmacy, PHARMACY);
      for (const [caller, organisation, role] of [
        [stranger, stranger, "Pharmacy"],
        [stranger, pharmacy, "Pharmacy"],
        [pharmacy, pharmacy, "Distributor"],
        [pharmacy, pharmacy, "Pharmacy"],
      ] as const) {
        await expect(batches.connect(caller).report(found, organisation, roleNumber(role)))
          .to.be.revertedWithCustomError(batches, "PartnerInvalid")
          .withArgs(organisation, roleNumber(role));
      }
    });

    it("rejects a role that does not trade", async () => {
      const { batches, doctor } = await loadFixture(served);
      await expect(batches.connect(doctor).report(found, doctor, roleNumber("Practitioner")))
        .to.be.revertedWithCustomError(batches, "PartnerInvalid")
        .withArgs(doctor, roleNumber("Practitioner"));
    });

    it("rejects a batch that does not exist", async () => {
      const { batches, pharmacy } = await loadFixture(served);
      await expect(batches.connect(pharmacy).report({ ...found, batch: id("no batch") }, pharmacy, PHARMACY))
        .to.be.revertedWithCustomError(batches, "BatchUnknown")
        .withArgs(id("no batch"));
    });
  });

  describe("multicall", () => {
    it("dispenses several units, or none", async () => {
      const { batches, pharmacy, stranger, tree, whole } = await loadFixture(served);
      const calls = (...numbers: number[]) =>
        numbers.map((number) => batches.interface.encodeFunctionData("dispense", [unitIn(whole, number, tree)]));
      await expect(batches.connect(pharmacy).multicall(calls(0, 1, 0)))
        .to.be.revertedWithCustomError(batches, "UnitAlreadyDispensed")
        .withArgs(batchId(), 0);
      expect(await batches.isDispensed(batchId(), 1)).to.be.false;
      expect((await batches.custodyOf(parcelId(whole))).status).to.equal(STATUS.InCustody);
      await expect(batches.connect(stranger).multicall(calls(0, 1)))
        .to.be.revertedWithCustomError(batches, "PharmacyInvalid")
        .withArgs(pharmacy, stranger);
      await batches.connect(pharmacy).multicall(calls(0, 1, 2));
      for (const number of [0, 1, 2]) expect(await batches.isDispensed(batchId(), number)).to.be.true;
    });
  });
});

/** A call that succeeds on the unit at hand unless it is another, or something is against it. */
type Act = (house: Served, changed?: Served["unit"]) => Promise<unknown>;

/** What holds for whatever is done to a unit in custody. */
function itTakesGenuineUnitsOnly(act: Act, prepare: (house: Served) => Promise<unknown> = async () => {}) {
  async function ready() {
    const house = await loadFixture(served);
    await prepare(house);
    return house;
  }

  it("rejects a parcel that does not exist, of this batch or of none", async () => {
    const house = await ready();
    for (const other of [{ count: 5 }, { batch: id("no batch") }]) {
      const parcel = { ...house.whole, ...other };
      await expect(act(house, { ...house.unit, parcel }))
        .to.be.revertedWithCustomError(house.batches, "ItemUnknown")
        .withArgs(parcelId(parcel));
    }
  });

  it("rejects a number outside the parcel, before it and after it", async () => {
    const house = await ready();
    const { batches, pharmacy, tree, whole } = house;
    await batches.connect(pharmacy).split(whole, [5, 5, 10]);
    const parcel = { ...whole, first: 5, count: 5 };
    for (const number of [4, 10]) {
      await expect(act(house, unitIn(parcel, number, tree)))
        .to.be.revertedWithCustomError(batches, "UnitNotInParcel")
        .withArgs(parcelId(parcel), number);
    }
  });

  it("rejects a serial made up, of another unit, with another unit's proof, or an inner node for a leaf", async () => {
    const house = await ready();
    const { batches, tree, whole, unit } = house;
    for (const forged of [
      { ...unit, serial: encodeBytes32String("FAKE") },
      { ...unit, serial: encodeBytes32String("S1") },
      { ...unit, proof: unitIn(whole, 1, tree).proof },
      { ...unit, proof: [] },
      { ...unit, proof: unit.proof.slice(1) },
      { ...unit, serial: unit.proof[0]!, proof: unit.proof.slice(1) },
      { ...unit, serial: tree.root, proof: [] },
    ]) {
      await expect(act(house, forged))
        .to.be.revertedWithCustomError(batches, "SerialNotCommitted")
        .withArgs(batchId(), 0, forged.serial);
    }
  });
}

/** What holds for both ways to dispense. */
function itDispensesGoodUnitsOnly(dispense: Act) {
  itTakesGenuineUnitsOnly(dispense);

  it("rejects the serials of another batch's tree, also when its root was committed", async () => {
    const house = await loadFixture(served);
    const { batches, maker, pharmacy, expiry, tree, unit } = house;
    const lot = encodeBytes32String("B456");
    const batch = batchId(TABLET, lot);
    await batches.connect(maker).commission({ product: TABLET, lot }, { expiry, units: tree.units, root: tree.root });
    const parcel = { ...unit.parcel, batch };
    await batches.connect(maker).ship(items(parcel), handover(maker, "Manufacturer", pharmacy, "Pharmacy"), EVIDENCE);
    await batches.connect(pharmacy).receiveItems([parcelId(parcel)], maker, pharmacy, PHARMACY);
    await expect(dispense(house, { ...unit, parcel }))
      .to.be.revertedWithCustomError(batches, "SerialNotCommitted")
      .withArgs(batch, 0, unit.serial);
  });

  it("names the clone: the second pack with a serial is not dispensed, also from a smaller parcel", async () => {
    const house = await loadFixture(served);
    const { batches, pharmacy, tree, whole, unit } = house;
    await dispense(house);
    const refused = (clone: typeof unit) =>
      expect(dispense(house, clone))
        .to.be.revertedWithCustomError(batches, "UnitAlreadyDispensed")
        .withArgs(batchId(), 0);
    await refused(unit);
    await batches.connect(pharmacy).split(whole, [1, 19]);
    await refused(unitIn({ ...whole, count: 1 }, 0, tree));
  });

  it("rejects units of a recalled batch, ongoing or terminated", async () => {
    const house = await loadFixture(served);
    const { batches, regulator, maker } = house;
    const refused = () =>
      expect(dispense(house)).to.be.revertedWithCustomError(batches, "BatchIsRecalled").withArgs(batchId());
    await batches.connect(maker).recall(batchId(), maker, CLASS.Unclassified, DEPTH.Wholesale, EVIDENCE);
    await refused();
    await batches.connect(regulator).terminateRecall(batchId(), regulator, EVIDENCE);
    await refused();
    await batches.connect(regulator).rescindRecall(batchId(), regulator, EVIDENCE);
    await dispense(house);
  });

  it("rejects units of a batch a regulator holds, until it is released", async () => {
    const house = await loadFixture(served);
    const { batches, regulator } = house;
    await batches.connect(regulator).holdBatch(batchId(), regulator, EVIDENCE);
    await expect(dispense(house)).to.be.revertedWithCustomError(batches, "BatchIsHeld").withArgs(batchId());
    await batches.connect(regulator).releaseBatch(batchId(), regulator, EVIDENCE);
    await dispense(house);
  });

  it("dispenses in the last second before the expiry, and not in that second", async () => {
    const house = await loadFixture(served);
    const { batches, expiry, tree, whole } = house;
    await time.setNextBlockTimestamp(expiry - 1);
    await dispense(house);
    await time.setNextBlockTimestamp(expiry);
    await expect(dispense(house, unitIn(whole, 1, tree)))
      .to.be.revertedWithCustomError(batches, "BatchExpired")
      .withArgs(batchId(), expiry);
  });

  it("rejects units of a parcel on hold, suspect or illegitimate", async () => {
    const house = await loadFixture(served);
    const { batches, pharmacy, whole } = house;
    const by = { organisation: pharmacy.address, authority: AUTHORITY.Holder };
    for (const condition of [CONDITION.OnHold, CONDITION.Suspect, CONDITION.Illegitimate]) {
      await batches.connect(pharmacy).setCondition(items(whole), by, condition, REASON.Quality, EVIDENCE);
      await expect(dispense(house))
        .to.be.revertedWithCustomError(batches, "ItemNotSound")
        .withArgs(parcelId(whole), condition);
    }
  });

  it("rejects units in transit", async () => {
    const house = await loadFixture(served);
    const { batches, pharmacy, branch, whole } = house;
    await batches.connect(pharmacy).ship(items(whole), handover(pharmacy, "Pharmacy", branch, "Pharmacy"), EVIDENCE);
    await expect(dispense(house))
      .to.be.revertedWithCustomError(batches, "ItemStatusInvalid")
      .withArgs(parcelId(whole), STATUS.InTransit);
  });

  it("rejects units packed in a container", async () => {
    const house = await loadFixture(served);
    const { batches, pharmacy, whole } = house;
    await batches.connect(pharmacy).pack(container(pharmacy), items(whole), pharmacy);
    await expect(dispense(house))
      .to.be.revertedWithCustomError(batches, "ItemStatusInvalid")
      .withArgs(parcelId(whole), STATUS.Packed);
    await batches.connect(pharmacy).unpack(containerId(container(pharmacy)), [parcelId(whole)], pharmacy);
    await dispense(house);
  });

  it("rejects units that are missing or destroyed", async () => {
    const house = await loadFixture(served);
    const { batches, pharmacy, tree, whole } = house;
    await batches.connect(pharmacy).split(whole, [10, 10]);
    const [lost, burnt] = [
      { ...whole, count: 10 },
      { ...whole, first: 10, count: 10 },
    ];
    await batches.connect(pharmacy).reportMissing([parcelId(lost)], pharmacy, EVIDENCE);
    await batches.connect(pharmacy).destroy([parcelId(burnt)], pharmacy, EVIDENCE);
    for (const [parcel, status] of [
      [lost, STATUS.Missing],
      [burnt, STATUS.Destroyed],
    ] as const) {
      await expect(dispense(house, unitIn(parcel, parcel.first, tree)))
        .to.be.revertedWithCustomError(batches, "ItemStatusInvalid")
        .withArgs(parcelId(parcel), status);
    }
  });
}

/** What holds for whatever a service does. */
function itIsTheServicesAlone(act: Act) {
  const refuses = async (house: Served) =>
    expect(act(house))
      .to.be.revertedWithCustomError(house.batches, "ServiceInvalid")
      .withArgs(house.pharmacy, house.service);

  it("rejects a service the pharmacy did not opt into, or no longer", async () => {
    const house = await loadFixture(served);
    const { batches, pharmacy, branch, service } = house;
    await batches.connect(pharmacy).setService(service, false);
    await batches.connect(branch).setService(service, true);
    await refuses(house);
  });

  it("rejects a service that is suspended, whose licence is over, or whose accreditor was dismissed", async () => {
    const house = await loadFixture(served);
    const { accreditation, admin, service } = house;
    await accreditation.suspend(service, SERVICE);
    await refuses(house);
    const end = (await time.latest()) + 100;
    await accreditation.accredit(service, SERVICE, end);
    await time.setNextBlockTimestamp(end);
    await refuses(house);
    await accreditation.accredit(service, SERVICE, FAR);
    await setAccreditor(house, "PrescriptionService", admin, false);
    await refuses(house);
  });

  it("rejects the pharmacy and the service's staff in the service's place", async () => {
    const house = await loadFixture(served);
    const { accreditation, batches, pharmacy, service, stranger } = house;
    await accreditation.connect(service).setMember(stranger, FAR);
    for (const caller of [pharmacy, stranger]) {
      await expect(act({ ...house, service: caller } as Served))
        .to.be.revertedWithCustomError(batches, "ServiceInvalid")
        .withArgs(pharmacy, caller);
    }
  });

  it("rejects a pharmacy whose licence lapsed", async () => {
    const house = await loadFixture(served);
    await house.accreditation.suspend(house.pharmacy, PHARMACY);
    await expect(act(house))
      .to.be.revertedWithCustomError(house.batches, "PharmacyInvalid")
      .withArgs(house.pharmacy, house.service);
  });

  it("rejects another pharmacy's parcel", async () => {
    const house = await loadFixture(served);
    const { batches, branch, service, whole } = house;
    await batches.connect(branch).setService(service, true);
    await expect(act({ ...house, pharmacy: branch }))
      .to.be.revertedWithCustomError(batches, "ItemNotHeldBy")
      .withArgs(parcelId(whole), branch);
  });
}

/** What holds for both ways back to stock. */
function itReturnsOnce({
  dispense,
  takeBack,
  prescription,
  actorOf,
}: {
  dispense: (house: Served) => Promise<unknown>;
  takeBack: Act;
  prescription: string;
  actorOf: (house: Served) => Stocked["pharmacy"];
}) {
  itTakesGenuineUnitsOnly(takeBack, dispense);

  it("takes a dispensed unit back, which is dispensed again and does not come back a second time", async () => {
    const house = await loadFixture(served);
    const { batches, pharmacy } = house;
    await dispense(house);
    await expect(takeBack(house))
      .to.emit(batches, "UnitReturned")
      .withArgs(batchId(), 0, pharmacy, prescription, actorOf(house));
    expect(await batches.isDispensed(batchId(), 0)).to.be.false;
    await expect(takeBack(house)).to.be.revertedWithCustomError(batches, "UnitNotDispensed").withArgs(batchId(), 0);
    await dispense(house);
    expect(await batches.isDispensed(batchId(), 0)).to.be.true;
    await expect(takeBack(house)).to.be.revertedWithCustomError(batches, "UnitReturnedBefore").withArgs(batchId(), 0);
  });

  it("rejects a unit that was not dispensed, in an opened parcel too", async () => {
    const house = await loadFixture(served);
    const { batches, tree, whole } = house;
    for (const number of [0, 1]) {
      await expect(takeBack(house, unitIn(whole, number, tree)))
        .to.be.revertedWithCustomError(batches, "UnitNotDispensed")
        .withArgs(batchId(), number);
      if (number === 0) await dispense(house);
    }
  });

  it("takes back what was recalled, held or expired meanwhile, and does not dispense it again", async () => {
    const house = await loadFixture(served);
    const { batches, regulator, expiry } = house;
    await dispense(house);
    await batches.connect(regulator).holdBatch(batchId(), regulator, EVIDENCE);
    await batches.connect(regulator).recall(batchId(), regulator, CLASS.I, DEPTH.Consumer, EVIDENCE);
    await time.increaseTo(expiry);
    await takeBack(house);
    await expect(dispense(house)).to.be.revertedWithCustomError(batches, "BatchIsRecalled").withArgs(batchId());
  });
}

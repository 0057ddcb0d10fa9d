import { expect } from "chai";
import { encodeBytes32String, ZeroHash } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { FAR, loadFixture, setAccreditor, time } from "../fixtures.js";
import {
  AUTHORITY,
  batchId,
  CLASS,
  commissioned,
  CONDITION,
  deliver,
  DEPTH,
  EVIDENCE,
  KIND,
  LOT,
  NOBODY,
  OPIOID,
  parcelId,
  RECALL,
  STATUS,
  TABLET,
  trade,
  type Trade,
  treeOf,
  UNITS,
  unitIn,
} from "./ledger.js";

const LOT_B = encodeBytes32String("B456");
const MANUFACTURER = roleNumber("Manufacturer");
const REGULATOR = roleNumber("Regulator");
const BATCH = { product: TABLET, lot: LOT };
const UNKNOWN = batchId(TABLET, LOT_B);
const COMMISSION = { expiry: FAR, units: UNITS, root: EVIDENCE };

/** {@link commissioned} with the tablets in the pharmacy's custody. */
async function sold() {
  const house = await loadFixture(commissioned);
  const { maker, pharmacy, whole } = house;
  await deliver(house, [whole], { from: maker, fromRole: "Manufacturer", to: pharmacy, toRole: "Pharmacy" });
  return house;
}

/** The tablet, on prescription only from now on. */
function restrict({ products, regulator, maker }: Pick<Trade, "products" | "regulator" | "maker">) {
  const restricted = {
    ...{ manufacturer: maker, until: FAR, kind: KIND.Drug },
    ...{ prescriptionOnly: true, coldChain: false },
  };
  return products.connect(regulator).authorise(TABLET, restricted, regulator);
}

describe("BatchLedger", () => {
  describe("commission", () => {
    it("makes a batch and one parcel of all its units, the manufacturer's", async () => {
      const { batches, maker } = await loadFixture(trade);
      const { root } = await treeOf();
      const at = (await time.latest()) + 10;
      await time.setNextBlockTimestamp(at);
      await expect(batches.connect(maker).commission(BATCH, { expiry: FAR, units: UNITS, root }))
        .to.emit(batches, "BatchCommissioned")
        .withArgs(batchId(), TABLET, maker, LOT, [FAR, UNITS, root], maker);
      expect(await batches.rootOf(batchId())).to.equal(root);
      const state = await batches.batchOf(batchId());
      expect([state.manufacturer, state.units, state.expiry]).to.deep.equal([
        maker.address,
        BigInt(UNITS),
        BigInt(FAR),
      ]);
      expect([state.recall, state.held, state.prescriptionOnly]).to.deep.equal([0n, false, false]);
      const custody = await batches.custodyOf(parcelId({ batch: batchId(), first: 0, count: UNITS }));
      expect([custody.holder, custody.status, custody.condition, custody.heldBy, custody.since]).to.deep.equal(
        [maker.address, STATUS.InCustody, CONDITION.Sound, AUTHORITY.None, at].map(big),
      );
    });

    it("keeps the widest numbers apart from the flags beside them", async () => {
      const { batches, maker } = await loadFixture(trade);
      const widest = { expiry: 2 ** 40 - 1, units: 2 ** 24 - 1, root: EVIDENCE };
      await batches.connect(maker).commission({ product: OPIOID, lot: LOT }, widest);
      expect(await batches.batchOf(batchId(OPIOID))).to.deep.equal([
        ...[maker.address, BigInt(widest.units), BigInt(widest.expiry)],
        ...[0n, 0n, 0n, false, true],
      ]);
    });

    it("takes the manufacturer's staff, and names it as the actor", async () => {
      const { accreditation, batches, maker, operator } = await loadFixture(trade);
      await accreditation.connect(maker).setMember(operator, FAR);
      await expect(batches.connect(operator).commission(BATCH, COMMISSION))
        .to.emit(batches, "BatchCommissioned")
        .withArgs(batchId(), TABLET, maker, LOT, Object.values(COMMISSION), operator);
    });

    it("rejects staff from the second its membership ends", async () => {
      const { accreditation, batches, maker, operator } = await loadFixture(trade);
      const end = (await time.latest()) + 100;
      await accreditation.connect(maker).setMember(operator, end);
      await time.setNextBlockTimestamp(end);
      await expect(batches.connect(operator).commission(BATCH, COMMISSION))
        .to.be.revertedWithCustomError(batches, "BatchManufacturerInvalid")
        .withArgs(TABLET, maker, operator);
    });

    it("rejects another manufacturer and the regulator", async () => {
      const { batches, regulator, maker, rival } = await loadFixture(trade);
      for (const caller of [rival, regulator]) {
        await expect(batches.connect(caller).commission(BATCH, COMMISSION))
          .to.be.revertedWithCustomError(batches, "BatchManufacturerInvalid")
          .withArgs(TABLET, maker, caller);
      }
    });

    it("rejects a manufacturer that is suspended, whose licence is over, or whose accreditor was dismissed", async () => {
      const house = await loadFixture(trade);
      const { accreditation, admin, batches, maker } = house;
      const refused = () =>
        expect(batches.connect(maker).commission(BATCH, COMMISSION))
          .to.be.revertedWithCustomError(batches, "BatchManufacturerInvalid")
          .withArgs(TABLET, maker, maker);
      await accreditation.suspend(maker, MANUFACTURER);
      await refused();
      const end = (await time.latest()) + 100;
      await accreditation.accredit(maker, MANUFACTURER, end);
      await time.setNextBlockTimestamp(end);
      await refused();
      await accreditation.accredit(maker, MANUFACTURER, FAR);
      await setAccreditor(house, "Manufacturer", admin, false);
      await refused();
    });

    it("rejects a product nobody authorised, so that no GTIN is squatted", async () => {
      const { batches, maker } = await loadFixture(trade);
      const product = encodeBytes32String("gtin:00300010777779");
      await expect(batches.connect(maker).commission({ product, lot: LOT }, COMMISSION))
        .to.be.revertedWithCustomError(batches, "BatchProductUnauthorised")
        .withArgs(product);
    });

    it("rejects a product whose authorisation was withdrawn this second", async () => {
      const { batches, products, regulator, maker } = await loadFixture(trade);
      await products.connect(regulator).withdraw(TABLET, regulator);
      await expect(batches.connect(maker).commission(BATCH, COMMISSION))
        .to.be.revertedWithCustomError(batches, "BatchProductUnauthorised")
        .withArgs(TABLET);
    });

    it("rejects a batch without a lot, units or a root", async () => {
      const { batches, maker } = await loadFixture(trade);
      await expect(
        batches.connect(maker).commission({ product: TABLET, lot: ZeroHash }, COMMISSION),
      ).to.be.revertedWithCustomError(batches, "BatchLotZero");
      for (const empty of [{ units: 0 }, { root: ZeroHash }]) {
        const { expiry, units, root } = { ...COMMISSION, ...empty };
        await expect(batches.connect(maker).commission(BATCH, { expiry, units, root }))
          .to.be.revertedWithCustomError(batches, "BatchEmpty")
          .withArgs(units, root);
      }
    });

    it("takes a batch in the last second before its expiry, and none in that second", async () => {
      const { batches, maker } = await loadFixture(trade);
      const expiry = (await time.latest()) + 100;
      await time.setNextBlockTimestamp(expiry - 1);
      await batches.connect(maker).commission(BATCH, { ...COMMISSION, expiry });
      await time.setNextBlockTimestamp(expiry);
      await expect(batches.connect(maker).commission({ product: TABLET, lot: LOT_B }, { ...COMMISSION, expiry }))
        .to.be.revertedWithCustomError(batches, "BatchExpired")
        .withArgs(UNKNOWN, expiry);
    });

    it("takes over from the product that its units are on prescription only", async () => {
      const { batches } = await loadFixture(commissioned);
      expect((await batches.batchOf(batchId(OPIOID))).prescriptionOnly).to.be.true;
      expect((await batches.batchOf(batchId(TABLET))).prescriptionOnly).to.be.false;
    });

    it("rejects a lot that is commissioned already, also to the product's next manufacturer", async () => {
      const { batches, products, regulator, maker, rival } = await loadFixture(commissioned);
      const refused = (caller: typeof maker) =>
        expect(batches.connect(caller).commission(BATCH, COMMISSION))
          .to.be.revertedWithCustomError(batches, "BatchExists")
          .withArgs(batchId());
      await refused(maker);
      const next = { manufacturer: rival, until: FAR, kind: KIND.Drug, prescriptionOnly: false, coldChain: false };
      await products.connect(regulator).authorise(TABLET, next, regulator);
      await refused(rival);
      expect((await batches.batchOf(batchId())).manufacturer).to.equal(maker);
    });
  });

  describe("refresh", () => {
    it("lets anybody bring a batch up to date when its product becomes prescription-only, and back", async () => {
      const house = await loadFixture(commissioned);
      const { batches, products, regulator, maker, stranger } = house;
      const before = await batches.batchOf(batchId());
      await restrict(house);
      expect((await batches.batchOf(batchId())).prescriptionOnly).to.be.false;
      await expect(batches.connect(stranger).refresh(BATCH))
        .to.emit(batches, "BatchRefreshed")
        .withArgs(batchId(), true);
      expect(await batches.batchOf(batchId())).to.deep.equal([...before.slice(0, 7), true]);
      const free = { manufacturer: maker, until: FAR, kind: KIND.Drug, prescriptionOnly: false, coldChain: false };
      await products.connect(regulator).authorise(TABLET, free, regulator);
      await expect(batches.connect(stranger).refresh(BATCH))
        .to.emit(batches, "BatchRefreshed")
        .withArgs(batchId(), false);
      expect(await batches.batchOf(batchId())).to.deep.equal(before);
    });

    it("stops sales over the counter", async () => {
      const house = await sold();
      const { batches, pharmacy, stranger, tree, whole } = house;
      await batches.connect(pharmacy).dispense(unitIn(whole, 0, tree));
      await restrict(house);
      await batches.connect(stranger).refresh(BATCH);
      await expect(batches.connect(pharmacy).dispense(unitIn(whole, 1, tree)))
        .to.be.revertedWithCustomError(batches, "PrescriptionRequired")
        .withArgs(batchId());
    });

    it("changes neither a recall nor a hold", async () => {
      const { batches, regulator, stranger } = await loadFixture(commissioned);
      await batches.connect(regulator).recall(batchId(), regulator, CLASS.I, DEPTH.Consumer, EVIDENCE);
      await batches.connect(regulator).holdBatch(batchId(), regulator, EVIDENCE);
      const before = await batches.batchOf(batchId());
      await batches.connect(stranger).refresh(BATCH);
      expect(await batches.batchOf(batchId())).to.deep.equal(before);
    });

    it("rejects a batch that does not exist", async () => {
      const { batches, stranger } = await loadFixture(commissioned);
      await expect(batches.connect(stranger).refresh({ product: TABLET, lot: LOT_B }))
        .to.be.revertedWithCustomError(batches, "BatchUnknown")
        .withArgs(UNKNOWN);
    });
  });

  describe("recall", () => {
    it("lets the manufacturer recall, unclassified at first, and raise class and depth", async () => {
      const { batches, maker } = await loadFixture(commissioned);
      for (const [recallClass, recallDepth] of [
        [CLASS.Unclassified, DEPTH.Wholesale],
        [CLASS.III, DEPTH.Retail],
        [CLASS.I, DEPTH.Consumer],
      ] as const) {
        await expect(batches.connect(maker).recall(batchId(), maker, recallClass, recallDepth, EVIDENCE))
          .to.emit(batches, "BatchRecalled")
          .withArgs(batchId(), maker, recallClass, recallDepth, EVIDENCE, maker);
        const state = await batches.batchOf(batchId());
        expect([state.recall, state.recallClass, state.recallDepth]).to.deep.equal(
          [RECALL.Ongoing, recallClass, recallDepth].map(big),
        );
      }
    });

    it("rejects a manufacturer that lowers class or depth, the regulator's too", async () => {
      const { batches, regulator, maker } = await loadFixture(commissioned);
      await batches.connect(regulator).recall(batchId(), regulator, CLASS.II, DEPTH.Retail, EVIDENCE);
      for (const [recallClass, recallDepth] of [
        [CLASS.III, DEPTH.Retail],
        [CLASS.II, DEPTH.Wholesale],
        [CLASS.I, DEPTH.Wholesale],
        [CLASS.III, DEPTH.Consumer],
      ] as const) {
        await expect(batches.connect(maker).recall(batchId(), maker, recallClass, recallDepth, EVIDENCE))
          .to.be.revertedWithCustomError(batches, "RecallLowered")
          .withArgs(batchId(), CLASS.II, DEPTH.Retail);
      }
      await batches.connect(maker).recall(batchId(), maker, CLASS.II, DEPTH.Retail, EVIDENCE);
    });

    it("lets a regulator classify, also lower, and recall what the manufacturer does not", async () => {
      const { batches, regulator, maker } = await loadFixture(commissioned);
      await batches.connect(maker).recall(batchId(), maker, CLASS.I, DEPTH.Consumer, EVIDENCE);
      for (const batch of [batchId(), batchId(OPIOID)]) {
        await expect(batches.connect(regulator).recall(batch, regulator, CLASS.III, DEPTH.Wholesale, EVIDENCE))
          .to.emit(batches, "BatchRecalled")
          .withArgs(batch, regulator, CLASS.III, DEPTH.Wholesale, EVIDENCE, regulator);
        const state = await batches.batchOf(batch);
        expect([state.recall, state.recallClass, state.recallDepth]).to.deep.equal(
          [RECALL.Ongoing, CLASS.III, DEPTH.Wholesale].map(big),
        );
      }
    });

    it("takes the staff of either, and names it as the actor", async () => {
      const { accreditation, batches, regulator, maker, operator } = await loadFixture(commissioned);
      for (const organisation of [maker, regulator]) {
        await accreditation.connect(organisation).setMember(operator, FAR);
        await expect(
          batches.connect(operator).recall(batchId(), organisation, CLASS.Unclassified, DEPTH.Retail, EVIDENCE),
        )
          .to.emit(batches, "BatchRecalled")
          .withArgs(batchId(), organisation, CLASS.Unclassified, DEPTH.Retail, EVIDENCE, operator);
      }
    });

    it("lets a manufacturer call its own product back without a licence", async () => {
      const { accreditation, batches, maker } = await loadFixture(commissioned);
      await accreditation.revoke(maker, MANUFACTURER);
      await batches.connect(maker).recall(batchId(), maker, CLASS.I, DEPTH.Consumer, EVIDENCE);
      expect((await batches.batchOf(batchId())).recall).to.equal(RECALL.Ongoing);
    });

    it("leaves the recall to who made the batch when the product goes to another manufacturer", async () => {
      const { batches, products, regulator, maker, rival } = await loadFixture(commissioned);
      const next = { manufacturer: rival, until: FAR, kind: KIND.Drug, prescriptionOnly: false, coldChain: false };
      await products.connect(regulator).authorise(TABLET, next, regulator);
      await expect(batches.connect(rival).recall(batchId(), rival, CLASS.I, DEPTH.Consumer, EVIDENCE))
        .to.be.revertedWithCustomError(batches, "BatchUnauthorized")
        .withArgs(batchId(), rival, rival);
      await batches.connect(maker).recall(batchId(), maker, CLASS.I, DEPTH.Consumer, EVIDENCE);
    });

    it("opens a terminated recall again", async () => {
      const { batches, regulator, maker } = await loadFixture(commissioned);
      await batches.connect(maker).recall(batchId(), maker, CLASS.III, DEPTH.Retail, EVIDENCE);
      await batches.connect(regulator).terminateRecall(batchId(), regulator, EVIDENCE);
      await batches.connect(maker).recall(batchId(), maker, CLASS.III, DEPTH.Retail, EVIDENCE);
      expect((await batches.batchOf(batchId())).recall).to.equal(RECALL.Ongoing);
    });

    it("rejects a rival, a pharmacy and nobody, also in the manufacturer's or the regulator's name", async () => {
      const { batches, regulator, maker, rival, pharmacy } = await loadFixture(commissioned);
      for (const [caller, organisation] of [
        [rival, rival.address],
        [rival, maker.address],
        [rival, regulator.address],
        [pharmacy, pharmacy.address],
        [pharmacy, NOBODY],
      ] as const) {
        await expect(batches.connect(caller).recall(batchId(), organisation, CLASS.I, DEPTH.Consumer, EVIDENCE))
          .to.be.revertedWithCustomError(batches, "BatchUnauthorized")
          .withArgs(batchId(), organisation, caller);
      }
    });

    it("rejects staff whose membership is over, and a regulator without a live licence", async () => {
      const { accreditation, batches, regulator, maker, operator } = await loadFixture(commissioned);
      const end = (await time.latest()) + 100;
      await accreditation.connect(maker).setMember(operator, end);
      await accreditation.suspend(regulator, REGULATOR);
      await expect(batches.connect(regulator).recall(batchId(), regulator, CLASS.I, DEPTH.Consumer, EVIDENCE))
        .to.be.revertedWithCustomError(batches, "BatchUnauthorized")
        .withArgs(batchId(), regulator, regulator);
      await time.setNextBlockTimestamp(end);
      await expect(batches.connect(operator).recall(batchId(), maker, CLASS.I, DEPTH.Consumer, EVIDENCE))
        .to.be.revertedWithCustomError(batches, "BatchUnauthorized")
        .withArgs(batchId(), maker, operator);
    });

    it("rejects a batch that does not exist", async () => {
      const { batches, regulator } = await loadFixture(commissioned);
      await expect(batches.connect(regulator).recall(UNKNOWN, NOBODY, CLASS.I, DEPTH.Consumer, EVIDENCE))
        .to.be.revertedWithCustomError(batches, "BatchUnknown")
        .withArgs(UNKNOWN);
    });
  });

  describe("terminateRecall", () => {
    itIsTheRegulatorsAlone("terminateRecall");

    it("closes a recall, and the units stay unsaleable", async () => {
      const { batches, regulator, maker, pharmacy, tree, whole } = await sold();
      await batches.connect(maker).recall(batchId(), maker, CLASS.II, DEPTH.Retail, EVIDENCE);
      await expect(batches.connect(regulator).terminateRecall(batchId(), regulator, EVIDENCE))
        .to.emit(batches, "RecallTerminated")
        .withArgs(batchId(), regulator, EVIDENCE, regulator);
      const state = await batches.batchOf(batchId());
      expect([state.recall, state.recallClass, state.recallDepth]).to.deep.equal(
        [RECALL.Terminated, CLASS.II, DEPTH.Retail].map(big),
      );
      await expect(batches.connect(pharmacy).dispense(unitIn(whole, 0, tree)))
        .to.be.revertedWithCustomError(batches, "BatchIsRecalled")
        .withArgs(batchId());
    });

    it("rejects a batch without a recall, or with one that is closed", async () => {
      const { batches, regulator } = await loadFixture(commissioned);
      const refused = (status: number) =>
        expect(batches.connect(regulator).terminateRecall(batchId(), regulator, EVIDENCE))
          .to.be.revertedWithCustomError(batches, "RecallMissing")
          .withArgs(batchId(), status);
      await refused(RECALL.None);
      await batches.connect(regulator).recall(batchId(), regulator, CLASS.I, DEPTH.Consumer, EVIDENCE);
      await batches.connect(regulator).terminateRecall(batchId(), regulator, EVIDENCE);
      await refused(RECALL.Terminated);
    });
  });

  describe("rescindRecall", () => {
    itIsTheRegulatorsAlone("rescindRecall");

    it("frees the units of an ongoing and of a terminated recall", async () => {
      const { batches, regulator, maker, pharmacy, tree, whole } = await sold();
      const before = await batches.batchOf(batchId());
      await batches.connect(maker).recall(batchId(), maker, CLASS.II, DEPTH.Retail, EVIDENCE);
      await expect(batches.connect(regulator).rescindRecall(batchId(), regulator, EVIDENCE))
        .to.emit(batches, "RecallRescinded")
        .withArgs(batchId(), regulator, EVIDENCE, regulator);
      expect(await batches.batchOf(batchId())).to.deep.equal(before);
      await batches.connect(pharmacy).dispense(unitIn(whole, 0, tree));

      await batches.connect(maker).recall(batchId(), maker, CLASS.Unclassified, DEPTH.Wholesale, EVIDENCE);
      await batches.connect(regulator).terminateRecall(batchId(), regulator, EVIDENCE);
      await batches.connect(regulator).rescindRecall(batchId(), regulator, EVIDENCE);
      await batches.connect(pharmacy).dispense(unitIn(whole, 1, tree));
    });

    it("rejects a batch without a recall", async () => {
      const { batches, regulator } = await loadFixture(commissioned);
      await expect(batches.connect(regulator).rescindRecall(batchId(), regulator, EVIDENCE))
        .to.be.revertedWithCustomError(batches, "RecallMissing")
        .withArgs(batchId(), RECALL.None);
    });
  });

  describe("holdBatch", () => {
    itIsTheRegulatorsAlone("holdBatch");

    it("holds a batch, beside a recall, once", async () => {
      const { batches, regulator } = await loadFixture(commissioned);
      await batches.connect(regulator).recall(batchId(), regulator, CLASS.I, DEPTH.Consumer, EVIDENCE);
      const recalled = await batches.batchOf(batchId());
      await expect(batches.connect(regulator).holdBatch(batchId(), regulator, EVIDENCE))
        .to.emit(batches, "BatchHoldSet")
        .withArgs(batchId(), regulator, true, EVIDENCE, regulator);
      expect(await batches.batchOf(batchId())).to.deep.equal([...recalled.slice(0, 6), true, false]);
      await expect(batches.connect(regulator).holdBatch(batchId(), regulator, EVIDENCE))
        .to.be.revertedWithCustomError(batches, "BatchHoldUnchanged")
        .withArgs(batchId(), true);
    });
  });

  describe("releaseBatch", () => {
    itIsTheRegulatorsAlone("releaseBatch");

    it("releases what another regulator holds, and leaves the recall", async () => {
      const { accreditation, batches, regulator, officer } = await loadFixture(commissioned);
      await accreditation.accredit(officer, REGULATOR, FAR);
      await batches.connect(regulator).recall(batchId(), regulator, CLASS.I, DEPTH.Consumer, EVIDENCE);
      const recalled = await batches.batchOf(batchId());
      await batches.connect(regulator).holdBatch(batchId(), regulator, EVIDENCE);
      await expect(batches.connect(officer).releaseBatch(batchId(), officer, EVIDENCE))
        .to.emit(batches, "BatchHoldSet")
        .withArgs(batchId(), officer, false, EVIDENCE, officer);
      expect(await batches.batchOf(batchId())).to.deep.equal(recalled);
    });

    it("rejects a batch that is not held", async () => {
      const { batches, regulator } = await loadFixture(commissioned);
      await expect(batches.connect(regulator).releaseBatch(batchId(), regulator, EVIDENCE))
        .to.be.revertedWithCustomError(batches, "BatchHoldUnchanged")
        .withArgs(batchId(), false);
    });
  });
});

/** What holds for every function of a regulator's on a batch. */
function itIsTheRegulatorsAlone(action: "terminateRecall" | "rescindRecall" | "holdBatch" | "releaseBatch") {
  /** Where the action would succeed. */
  async function ready() {
    const house = await loadFixture(commissioned);
    const { batches, regulator } = house;
    await batches.connect(regulator).recall(batchId(), regulator, CLASS.I, DEPTH.Consumer, EVIDENCE);
    if (action === "releaseBatch") await batches.connect(regulator).holdBatch(batchId(), regulator, EVIDENCE);
    const act = (caller: Trade["maker"], organisation: { address: string }, batch = batchId()) =>
      batches.connect(caller)[action](batch, organisation.address, EVIDENCE);
    const refuses = (caller: Trade["maker"], organisation: { address: string }) =>
      expect(act(caller, organisation))
        .to.be.revertedWithCustomError(batches, "BatchUnauthorized")
        .withArgs(batchId(), organisation.address, caller);
    return { ...house, act, refuses };
  }

  it("takes the regulator's staff, until the second its membership ends", async () => {
    const { accreditation, regulator, officer, act, refuses } = await ready();
    const end = (await time.latest()) + 100;
    await accreditation.connect(regulator).setMember(officer, end);
    await time.setNextBlockTimestamp(end);
    await refuses(officer, regulator);
    await accreditation.connect(regulator).setMember(officer, FAR);
    await act(officer, regulator);
  });

  it("rejects the manufacturer, and anybody in the regulator's name", async () => {
    const { regulator, maker, rival, refuses } = await ready();
    await refuses(maker, maker);
    await refuses(maker, regulator);
    await refuses(rival, regulator);
  });

  it("rejects a regulator that is suspended, or whose accreditor was dismissed", async () => {
    const { refuses, ...house } = await ready();
    const { accreditation, admin, regulator } = house;
    await accreditation.suspend(regulator, REGULATOR);
    await refuses(regulator, regulator);
    await accreditation.reinstate(regulator, REGULATOR);
    await setAccreditor(house, "Regulator", admin, false);
    await refuses(regulator, regulator);
  });

  it("rejects a batch that does not exist", async () => {
    const { batches, regulator, act } = await ready();
    await expect(act(regulator, regulator, UNKNOWN))
      .to.be.revertedWithCustomError(batches, "BatchUnknown")
      .withArgs(UNKNOWN);
  });
}

/** As ethers gives numbers back. */
function big<T>(value: T): T | bigint {
  return typeof value === "number" ? BigInt(value) : value;
}

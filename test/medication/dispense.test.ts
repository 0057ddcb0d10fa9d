import { expect } from "chai";

import { accountOf } from "../../src/aceso.js";
import { sha256 } from "../../src/crypto/digest.js";
import { utf8, type Hex } from "../../src/crypto/bytes.js";
import { NotBytes32TextError } from "../../src/gs1/characters.js";
import { UnknownWordError } from "../../src/medication/codes.js";
import { dispense, report, returnToStock, setService } from "../../src/medication/dispense.js";
import { documentDigest } from "../../src/medication/document.js";
import { excerptOf } from "../../src/medication/excerpt.js";
import { recall } from "../../src/medication/recall.js";
import { buildTree, proofOf, UnitNotInTreeError } from "../../src/medication/tree.js";
import { SerialNotInTreeError, unitIn, WrongTreeError } from "../../src/medication/unit.js";
import { refusal, revert } from "../sdk.js";
import { NOBODY } from "./ledger.js";
import { atPharmacy, DIGEST } from "./people.js";

describe("unitIn", () => {
  it("finds a unit by its number and by its serial number, in a tree and in an excerpt", async () => {
    const { whole: parcel, tree } = await atPharmacy();
    const unit = unitIn({ parcel, tree, unit: 7 });
    expect(unit).to.deep.equal({ parcel, number: 7, serial: `0x5337${"00".repeat(30)}`, proof: proofOf(tree, 7) });
    expect(unitIn({ parcel, tree, serial: "S7" })).to.deep.equal(unit);
    const excerpt = excerptOf(tree, { first: 5, count: 4 });
    expect(unitIn({ parcel, tree: excerpt, serial: "S7" })).to.deep.equal(unit);
    expect(unitIn({ parcel, tree, unit: 0 }).number).to.equal(0);
  });

  it("refuses the tree of another batch, and a unit that is not in it", async () => {
    const { whole: parcel, tree, opioidTree } = await atPharmacy();
    await refusal(() => unitIn({ parcel, tree: opioidTree, unit: 7 }), WrongTreeError);
    const excerpt = excerptOf(tree, { first: 5, count: 4 });
    await refusal(() => unitIn({ parcel, tree: excerpt, unit: 9 }), UnitNotInTreeError);
    const error = await refusal(() => unitIn({ parcel, tree: excerpt, serial: "S9" }), SerialNotInTreeError);
    expect(error.message).to.include("5 to 8").and.not.include("S9");
  });
});

describe("dispense", () => {
  it("dispenses a unit by its serial number, by the pharmacy and its staff", async () => {
    const { pharmacy, clerk, whole: parcel, tree, house } = await atPharmacy();
    await dispense(pharmacy, { parcel, tree, serial: "S3" }).send();
    await dispense(clerk, { parcel, tree, unit: 4 }).send();
    for (const [unit, isDispensed] of [true, true, false].entries())
      expect(await house.batches.isDispensed(parcel.batch, unit + 3)).to.equal(isDispensed);
  });

  it("refuses a second pack with the same serial number", async () => {
    const { pharmacy, whole: parcel, tree } = await atPharmacy();
    await dispense(pharmacy, { parcel, tree, serial: "S3" }).send();
    const args = await revert(dispense(pharmacy, { parcel, tree, serial: "S3" }).send(), "UnitAlreadyDispensed");
    expect(args).to.deep.equal({ batch: parcel.batch, number: 3n });
  });

  it("refuses a forged tree, a unit elsewhere, what needs a prescription, what is recalled, and strangers", async () => {
    const { pharmacy, maker, stranger, whole: parcel, opioids, tree, opioidTree } = await atPharmacy();
    const forged = await buildTree({ batch: parcel.batch, serials: ["S0", "FAKE"] });
    await revert(dispense(pharmacy, { parcel, tree: forged, serial: "FAKE" }).send(), "SerialNotCommitted");
    const elsewhere = { batch: parcel.batch, first: 0, count: 3 };
    await revert(dispense(pharmacy, { parcel: elsewhere, tree, unit: 0 }).send(), "ItemUnknown");
    const opioid = { parcel: opioids, tree: opioidTree, unit: 0 };
    await revert(dispense(pharmacy, opioid).send(), "PrescriptionRequired");
    await revert(dispense(stranger, { parcel, tree, unit: 0 }).send(), "PharmacyInvalid");
    await recall(maker, { batch: parcel.batch, depth: "retail", notice: DIGEST }).send();
    await revert(dispense(pharmacy, { parcel, tree, unit: 0 }).send(), "BatchIsRecalled");
  });
});

describe("returnToStock", () => {
  it("takes a unit back, once", async () => {
    const { pharmacy, whole: parcel, tree, house } = await atPharmacy();
    const pack = { parcel, tree, serial: "S3" };
    await revert(returnToStock(pharmacy, pack).send(), "UnitNotDispensed");
    await dispense(pharmacy, pack).send();
    await returnToStock(pharmacy, pack).send();
    expect(await house.batches.isDispensed(parcel.batch, 3)).to.equal(false);
    await dispense(pharmacy, pack).send();
    await revert(returnToStock(pharmacy, pack).send(), "UnitReturnedBefore");
  });
});

describe("setService", () => {
  it("lets the deployment's prescription registry dispense, unless another is named", async () => {
    const { pharmacy, stranger, house } = await atPharmacy();
    const isService = async (service: string) => house.batches.isServiceOf(accountOf(pharmacy), service);
    const { prescriptionRegistry } = pharmacy.deployment;
    await setService(pharmacy, { allowed: false }).send();
    expect(await isService(prescriptionRegistry)).to.equal(false);
    await setService(pharmacy, { allowed: true }).send();
    expect(await isService(prescriptionRegistry)).to.equal(true);
    await setService(pharmacy, { service: accountOf(stranger), allowed: true }).send();
    expect(await isService(accountOf(stranger))).to.equal(true);
    await revert(setService(pharmacy, { service: NOBODY as Hex, allowed: true }).send(), "ServiceZero");
  });
});

describe("report", () => {
  it("puts on record what was found, of units known and unknown", async () => {
    const { pharmacy, whole, house } = await atPharmacy();
    const found = { batch: whole.batch, evidence: DIGEST, role: "Pharmacy" } as const;
    await report(pharmacy, { ...found, unit: 3, serial: "S3", finding: "duplicate" }).send();
    await report(pharmacy, { ...found, serial: "NOT THERE", finding: "unknown" }).send();
    const events = await house.batches.queryFilter(house.batches.filters.UnitReported(whole.batch));
    expect(events.map(({ args }) => args.report.number)).to.deep.equal([3n, 0n]);
    expect(events.map(({ args }) => args.finding)).to.deep.equal([1n, 2n]);
    expect(events[0]!.args.report.serial).to.equal(`0x5333${"00".repeat(30)}`);
    expect(events[0]!.args.organisation).to.equal(pharmacy.account);
  });

  it("is refused by name", async () => {
    const { pharmacy, whole } = await atPharmacy();
    const good = { batch: whole.batch, serial: "S3", finding: "verified", evidence: DIGEST, role: "Pharmacy" } as const;
    await refusal(() => report(pharmacy, { ...good, finding: "fine" as "verified" }), UnknownWordError);
    await refusal(() => report(pharmacy, { ...good, serial: "x".repeat(33) }), NotBytes32TextError);
    await revert(report(pharmacy, { ...good, role: "Regulator" }).send(), "PartnerInvalid");
    await revert(report(pharmacy, { ...good, batch: DIGEST }).send(), "BatchUnknown");
  });
});

describe("documentDigest", () => {
  it("is the sha-256 of a text, of bytes, or of data whatever the order of its keys", async () => {
    expect(await documentDigest("a text")).to.equal(await sha256(utf8("a text")));
    expect(await documentDigest(new Uint8Array([1, 2]))).to.equal(await sha256(new Uint8Array([1, 2])));
    expect(await documentDigest({ b: 1, a: [2] })).to.equal(await sha256(utf8('{"a":[2],"b":1}')));
  });
});

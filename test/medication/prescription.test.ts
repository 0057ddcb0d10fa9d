import { expect } from "chai";
import { id as hashOf } from "ethers";

import { accountOf } from "../../src/aceso.js";
import type { Hex } from "../../src/crypto/bytes.js";
import {
  cancel,
  DoseCountError,
  fill,
  issue,
  prescriptionOf,
  returnToStock,
} from "../../src/medication/prescription.js";
import { setService } from "../../src/medication/dispense.js";
import { route, routeBySig, signRoute } from "../../src/medication/route.js";
import { parseSlip, prescriptionId, productCommitment } from "../../src/medication/slip.js";
import { WrongTreeError } from "../../src/medication/unit.js";
import { SignedForElsewhereError, SignerMismatchError } from "../../src/signing.js";
import { time } from "../fixtures.js";
import { refusal, revert } from "../sdk.js";
import { atPharmacy, OPIOIDS, TABLETS, type People } from "./people.js";

const DAY = 24 * 60 * 60;

/** What the doctor prescribes: three packs of opioids, from the pharmacy, for a month. */
async function order({ patient, pharmacy }: People) {
  const validUntil = (await time.latest()) + 30 * DAY;
  return {
    patient: accountOf(patient),
    product: OPIOIDS.product,
    doses: 3,
    validUntil,
    pharmacy: accountOf(pharmacy),
  };
}

/** Everybody, with both batches at the pharmacy and a prescription issued. */
async function prescribed() {
  const all = await atPharmacy();
  const { result } = await issue(all.doctor, await order(all)).send();
  const { opioids: parcel, opioidTree: tree } = all;
  const { prescription, opening, id } = result;
  const pack = { parcel, tree, serial: "S0" };
  return { ...all, prescription, opening, id, dose: { prescription, opening, doses: 1, lot: OPIOIDS.lot, ...pack } };
}

describe("issue", () => {
  it("has the slip kept before it is sent, and keeps none of what is refused", async () => {
    const all = await atPharmacy();
    const kept: string[] = [];
    const terms = { ...(await order(all)), keep: ({ id }: { id: string }) => void kept.push(id) };
    const prepared = issue(all.doctor, terms);
    expect(kept).to.deep.equal([]);
    const { result } = await prepared.send();
    expect(kept).to.deep.equal([result.id]);
    await revert(issue(all.doctor, { ...terms, validUntil: 1 }).send(), "PrescriptionEndPast");
    expect(kept).to.deep.equal([result.id]);
  });

  it("keeps what is prescribed off the chain, and gives the slip that says it", async () => {
    const all = await atPharmacy();
    const { doctor, pharmacy } = all;
    const prepared = issue(doctor, await order(all));
    const { prescription, opening, id } = (await prepared.send()).result;
    expect(opening.product).to.equal(OPIOIDS.product);
    expect(prescription.product).to.equal(productCommitment(opening));
    expect(prepared.data).not.to.include(opening.salt.slice(2)).and.not.to.include("6774696e3a");
    expect(prescriptionId(prescription)).to.equal(id);
    const state = { pharmacy: pharmacy.account, filled: 0, version: 0, cancelled: false };
    expect(await prescriptionOf(doctor, id)).to.deep.equal(state);
  });

  it("makes another salt each time", async () => {
    const all = await atPharmacy();
    const call = await order(all);
    const [one, other] = [await issue(all.doctor, call).send(), await issue(all.doctor, call).send()];
    expect(one.result.opening.salt).not.to.equal(other.result.opening.salt);
    expect(one.result.id).not.to.equal(other.result.id);
  });

  it("is refused by name", async () => {
    const all = await atPharmacy();
    const { doctor, stranger, wholesaler } = all;
    const good = await order(all);
    for (const doses of [0, 1.5, 65_536, Number.NaN])
      await refusal(() => issue(doctor, { ...good, doses }), DoseCountError);
    await revert(issue(stranger, good).send(), "PrescriberInvalid");
    await revert(issue(stranger, { ...good, prescriber: accountOf(doctor) }).send(), "PrescriberInvalid");
    await revert(issue(doctor, { ...good, validUntil: 1 }).send(), "PrescriptionEndPast");
    await revert(issue(doctor, { ...good, pharmacy: accountOf(wholesaler) }).send(), "RoutePharmacyUnlicensed");
  });
});

describe("fill", () => {
  it("dispenses a pack and counts its doses down, by the pharmacy's staff", async () => {
    const { clerk, id, dose, house, opioids } = await prescribed();
    await fill(clerk, { ...dose, doses: 2 }).send();
    expect((await prescriptionOf(clerk, id))!.filled).to.equal(2);
    expect(await house.batches.isDispensed(opioids.batch, 0)).to.equal(true);
    const args = await revert(fill(clerk, { ...dose, doses: 2, serial: "S1" }).send(), "PrescriptionSpent");
    expect(args).to.deep.equal({ id, left: 1n, doses: 2n });
    await revert(fill(clerk, dose).send(), "UnitAlreadyDispensed");
  });

  it("works from a slip that was passed on as text", async () => {
    const { pharmacy, prescription, opening, id, dose } = await prescribed();
    const slip = parseSlip(JSON.stringify({ id, prescription, opening }));
    expect(slip).to.deep.equal({ prescription, opening });
    await fill(pharmacy, { ...dose, ...slip }).send();
    expect((await prescriptionOf(pharmacy, id))!.filled).to.equal(1);
  });

  it("refuses an expired prescription, from its very end on", async () => {
    const { pharmacy, prescription, id, dose } = await prescribed();
    await time.increaseTo(prescription.validUntil);
    const args = await revert(fill(pharmacy, dose).send(), "PrescriptionExpired");
    expect(args).to.deep.equal({ id, validUntil: BigInt(prescription.validUntil) });
  });

  it("refuses another opening, lot, tree, count or pharmacy, and one that lets no registry dispense", async () => {
    const { pharmacy, branch, dose, opening, whole, tree } = await prescribed();
    const tablets = { ...opening, product: TABLETS.product };
    await revert(fill(pharmacy, { ...dose, opening: tablets }).send(), "PrescriptionProductMismatch");
    await revert(fill(pharmacy, { ...dose, lot: "B7" }).send(), "PrescriptionBatchMismatch");
    await revert(fill(pharmacy, { ...dose, parcel: whole, tree }).send(), "PrescriptionBatchMismatch");
    await refusal(() => fill(pharmacy, { ...dose, tree }), WrongTreeError);
    await refusal(() => fill(pharmacy, { ...dose, doses: 0 }), DoseCountError);
    await revert(fill(branch, dose).send(), "PrescriptionNotYours");
    await setService(pharmacy, { allowed: false }).send();
    await revert(fill(pharmacy, dose).send(), "ServiceInvalid");
  });
});

describe("returnToStock", () => {
  it("gives the doses of the last fill back, to the same pack and count only", async () => {
    const { clerk, pharmacy, branch, id, dose } = await prescribed();
    await fill(pharmacy, { ...dose, doses: 2 }).send();
    await revert(returnToStock(pharmacy, dose).send(), "FillUnknown");
    await revert(returnToStock(clerk, { ...dose, doses: 2 }).send(), "ServiceInvalid");
    const theirs = { ...dose, doses: 2, pharmacy: accountOf(pharmacy) };
    await revert(returnToStock(branch, theirs).send(), "PrescriptionNotYours");
    await refusal(() => returnToStock(pharmacy, { ...dose, doses: 0 }), DoseCountError);
    await returnToStock(clerk, theirs).send();
    expect((await prescriptionOf(clerk, id))!.filled).to.equal(0);
  });
});

describe("cancel", () => {
  it("ends a prescription, by its prescriber", async () => {
    const { doctor, pharmacy, prescription, id, dose } = await prescribed();
    await revert(cancel(pharmacy, { prescription }).send(), "PrescriberInvalid");
    await cancel(doctor, { prescription }).send();
    expect((await prescriptionOf(doctor, id))!.cancelled).to.equal(true);
    await revert(fill(pharmacy, dose).send(), "PrescriptionIsCancelled");
  });
});

describe("route", () => {
  it("is the patient's choice alone", async () => {
    const all = await atPharmacy();
    const { doctor, stranger, branch, wholesaler } = all;
    const { result } = await issue(doctor, { ...(await order(all)), patient: accountOf(stranger) }).send();
    const choice = { prescription: result.prescription, pharmacy: accountOf(branch) };
    await revert(route(doctor, choice).send(), "PatientInvalid");
    await revert(route(stranger, { ...choice, pharmacy: accountOf(wholesaler) }).send(), "RoutePharmacyUnlicensed");
    await route(stranger, choice).send();
    expect(await prescriptionOf(doctor, result.id)).to.include({ pharmacy: branch.account, version: 1 });
  });
});

describe("routeBySig", () => {
  it("routes for a patient without ether, once", async () => {
    const { patient, relayer, branch, prescription, id } = await prescribed();
    const signed = await signRoute(patient, { prescription, pharmacy: accountOf(branch) });
    const passedOn = JSON.parse(JSON.stringify(signed)) as typeof signed;
    await routeBySig(relayer, passedOn).send();
    expect((await prescriptionOf(relayer, id))!.pharmacy).to.equal(branch.account);
    await revert(routeBySig(relayer, signed).send(), "SignatureInvalid");
    const again = await signRoute(patient, { prescription, pharmacy: accountOf(branch) });
    expect(again.message.version).to.equal(1);
    await routeBySig(relayer, again).send();
  });

  it("takes the patient's address in any case", async () => {
    const { patient, relayer, branch, prescription } = await prescribed();
    const lower = { ...prescription, patient: prescription.patient.toLowerCase() as Hex };
    await routeBySig(relayer, await signRoute(patient, { prescription: lower, pharmacy: accountOf(branch) })).send();
  });

  it("refuses what another than the patient signed, was signed elsewhere, or is late", async () => {
    const { patient, stranger, relayer, branch, prescription } = await prescribed();
    const choice = { prescription, pharmacy: accountOf(branch) };
    const foreign = await signRoute(stranger, choice);
    await refusal(() => routeBySig(relayer, foreign), SignerMismatchError);
    const signed = await signRoute(patient, choice);
    await refusal(() => routeBySig(relayer, { ...signed, chainId: "5" }), SignedForElsewhereError);
    const late = await signRoute(patient, { ...choice, deadline: 1 });
    await revert(routeBySig(relayer, late).send(), "SignatureExpired");
  });
});

describe("prescriptionOf", () => {
  it("knows none that was not issued", async () => {
    const { doctor } = await atPharmacy();
    expect(await prescriptionOf(doctor, hashOf("nothing") as Hex)).to.equal(undefined);
  });
});

import { expect } from "chai";
import { id } from "ethers";

import { accountOf, type Aceso } from "../../src/aceso.js";
import { UNRESTRICTED } from "../../src/consent/category.js";
import { setDelegateBySig, signSetDelegate } from "../../src/consent/delegate.js";
import type { Hex } from "../../src/crypto/bytes.js";
import {
  cases,
  contest,
  contestBySig,
  isOpen,
  open,
  openCountersigned,
  review,
  signContest,
  signCountersignature,
  type Opened,
} from "../../src/emergency/emergency.js";
import { share } from "../../src/records/share.js";
import { suspend } from "../../src/accreditation/accreditation.js";
import { FAR, time } from "../fixtures.js";
import { added, bundleOf, GLUCOSE, refusal, revert, stage, unfunded, type Stage } from "../sdk.js";
import { SignedForElsewhereError } from "../../src/signing.js";

const EVIDENCE = id("unconscious after a fall") as Hex;
const REASONS = id("the admission report") as Hex;
const FOUR_HOURS = 4 * 60 * 60;

/** The doctor opened the patient's records. */
async function opened() {
  const all = await stage();
  return { ...all, opening: await openedBy(all.doctor, all.patient) };
}

async function openedBy(clinician: Aceso, patient: Aceso): Promise<Opened> {
  return (await open(clinician, { patient: accountOf(patient), evidence: EVIDENCE }).send()).result;
}

/** Opens, as the doctor, the records of so many strangers. */
async function busy({ doctor }: Stage, count: number): Promise<void> {
  for (let number = 0; number < count; ++number) {
    const patient = unfunded(`stranger ${number}`).address as `0x${string}`;
    await open(doctor, { patient, evidence: EVIDENCE }).send();
  }
}

describe("open", () => {
  it("opens everything but restricted data for four hours, and says so", async () => {
    const { opening, patient, doctor } = await opened();
    const asked = { patient: accountOf(patient), clinician: accountOf(doctor) };
    expect(opening).to.deep.include({ ...asked, categories: UNRESTRICTED });
    expect(opening.until - opening.openedAt).to.equal(FOUR_HOURS);
    expect(await isOpen(doctor, { ...asked, categories: UNRESTRICTED })).to.be.true;
    expect(await isOpen(doctor, { ...asked, categories: ["restricted"] })).to.be.false;
    expect(await isOpen(doctor, { ...asked, categories: [] })).to.be.false;
    await time.increaseTo(opening.until);
    expect(await isOpen(doctor, { ...asked, categories: ["allergies"] })).to.be.false;
  });

  it("is refused to who holds no live licence as a Practitioner, and closes when the licence goes", async () => {
    const { admin, doctor, clinic, patient } = await opened();
    const opening = { patient: accountOf(patient), evidence: EVIDENCE };
    const args = await revert(open(clinic, opening).send(), "EmergencyNotPractitioner");
    expect(args).to.deep.equal({ account: clinic.account });
    await suspend(admin, { participant: accountOf(doctor), role: "Practitioner" }).send();
    const asked = { patient: accountOf(patient), clinician: accountOf(doctor), categories: ["allergies"] } as const;
    expect(await isOpen(doctor, asked)).to.be.false;
    await revert(open(doctor, opening).send(), "EmergencyNotPractitioner");
  });

  it("opens a patient's records once in a second", async () => {
    const { doctor, patient } = await opened();
    const prepared = open(doctor, { patient: accountOf(patient), evidence: EVIDENCE });
    // A call is answered as of the newest block, in whose second they were opened.
    const { openedAt } = await revert(prepared.simulate(), "EmergencyOpenedAlready");
    expect(openedAt).to.equal(BigInt(await time.latest()));
    await time.increase(1);
    await prepared.send();
  });
});

describe("openCountersigned", () => {
  it("opens from the fourth unreviewed case on, with a second Practitioner's signature", async () => {
    const all = await stage();
    const { doctor, colleague, patient } = all;
    await busy(all, 3);
    const asked = { patient: accountOf(patient), evidence: EVIDENCE };
    const args = await revert(open(doctor, asked).send(), "EmergencyNeedsCountersignature");
    expect(args).to.deep.equal({ clinician: doctor.account, unreviewed: 3n });
    const signed = await signCountersignature(colleague, { ...asked, clinician: accountOf(doctor) });
    const { result } = await openCountersigned(doctor, signed).send();
    expect(result.patient).to.equal(patient.account);
    const [found] = await cases(patient, { patient: accountOf(patient) });
    expect(found).to.include({ countersigner: colleague.account, verdict: "pending", contested: false });
  });

  it("counts for one opening of the clinician and patient it names", async () => {
    const { doctor, colleague, patient, neighbour } = await stage();
    const asked = { patient: accountOf(patient), clinician: accountOf(doctor), evidence: EVIDENCE };
    const signed = await signCountersignature(colleague, asked);
    const other = { ...signed, message: { ...signed.message, patient: accountOf(neighbour) } };
    await revert(openCountersigned(doctor, other).send(), "SignatureInvalid");
    await openCountersigned(doctor, signed).send();
    await time.increase(1);
    await revert(openCountersigned(doctor, signed).send(), "SignatureInvalid");
  });

  it("refuses the clinician's own signature, one of who is no Practitioner, and one past its deadline", async () => {
    const { doctor, colleague, officer, patient } = await stage();
    const asked = { patient: accountOf(patient), clinician: accountOf(doctor), evidence: EVIDENCE };
    const own = await signCountersignature(doctor, asked);
    await revert(openCountersigned(doctor, own).send(), "EmergencyCountersignedByOpener");
    const officers = await signCountersignature(officer, asked);
    await revert(openCountersigned(doctor, officers).send(), "EmergencyNotPractitioner");
    const late = await signCountersignature(colleague, { ...asked, deadline: (await time.latest()) - 1 });
    await revert(openCountersigned(doctor, late).send(), "SignatureExpired");
    const contestation = await signContest(patient, { ...asked, openedAt: 1 });
    await refusal(() => openCountersigned(doctor, contestation as never), SignedForElsewhereError);
  });
});

describe("review", () => {
  it("finds a case justified once its access has ended", async () => {
    const { opening, officer, patient } = await opened();
    const verdict = { ...opening, justified: true, evidence: REASONS };
    const args = await revert(review(officer, verdict).send(), "EmergencyStillOpen");
    expect(args).to.include({ until: BigInt(opening.until) });
    await time.increaseTo(opening.until);
    await review(officer, verdict).send();
    const [found] = await cases(patient, opening);
    expect(found).to.include({ verdict: "justified", contested: false });
    await revert(review(officer, verdict).send(), "EmergencyReviewedAlready");
  });

  it("finds a case unjustified at any time, closes its access and deletes the clinician's keys", async () => {
    const { opening, hospital, officer, doctor, patient, vault } = await opened();
    const [glucose] = await added(hospital, patient, bundleOf(GLUCOSE));
    await share(patient, { grantee: accountOf(doctor) });
    await review(officer, { ...opening, justified: false, evidence: REASONS }).send();
    expect(await isOpen(doctor, { ...opening, categories: ["allergies"] })).to.be.false;
    const readers = await vault.readersOf(glucose!.record, [patient, hospital, doctor]);
    expect(readers).to.deep.equal([patient, hospital]);
    expect(await cases(patient, opening)).to.have.nested.property("[0].verdict", "unjustified");
  });

  it("leaves the clinician's keys when it is justified", async () => {
    const { opening, hospital, officer, doctor, patient, vault } = await opened();
    const [glucose] = await added(hospital, patient, bundleOf(GLUCOSE));
    await share(patient, { grantee: accountOf(doctor) });
    await time.increaseTo(opening.until);
    await review(officer, { ...opening, justified: true, evidence: REASONS }).send();
    expect(await vault.readersOf(glucose!.record, [doctor])).to.deep.equal([doctor]);
  });

  it("is refused to who is no privacy officer, and of a case there is none of", async () => {
    const { opening, officer, colleague } = await opened();
    const verdict = { ...opening, justified: false, evidence: REASONS };
    const args = await revert(review(colleague, verdict).send(), "EmergencyReviewerInvalid");
    expect(args).to.deep.equal({ reviewer: colleague.account });
    const unknown = { ...verdict, openedAt: opening.openedAt - 1 };
    await revert(review(officer, unknown).send(), "EmergencyCaseUnknown");
  });
});

describe("contest", () => {
  it("closes access at once, deletes the clinician's keys, and bars the clinician until it is reviewed", async () => {
    const { hospital, doctor, guardian: patient, officer, house, vault } = await stage();
    await house.keys.connect(house.guardian).publish(patient.encryptionKey!.publicKey);
    const [glucose] = await added(hospital, patient, bundleOf(GLUCOSE));
    const opening = await openedBy(doctor, patient);
    await share(patient, { grantee: accountOf(doctor) });
    await contest(patient, opening).send();
    expect(await isOpen(doctor, { ...opening, categories: ["allergies"] })).to.be.false;
    expect(await vault.readersOf(glucose!.record, [hospital, doctor])).to.deep.equal([hospital]);
    expect(await cases(patient, opening)).to.have.nested.property("[0].contested", true);
    await revert(contest(patient, opening).send(), "EmergencyContestedAlready");
    const again = open(doctor, { patient: accountOf(patient), evidence: EVIDENCE });
    await revert(again.send(), "EmergencyNeedsCountersignature");
    await review(officer, { ...opening, justified: true, evidence: REASONS }).send();
    await again.send();
  });

  it("is refused to strangers, and of a case there is none of", async () => {
    const { opening, stranger, guardian } = await opened();
    const args = await revert(contest(stranger, opening).send(), "EmergencyUnauthorized");
    expect(args).to.include({ actor: stranger.account });
    const own = { ...opening, patient: accountOf(guardian) };
    await revert(contest(guardian, own).send(), "EmergencyCaseUnknown");
  });

  it("is a delegate's right, too, by transaction or signature", async () => {
    const { opening, guardian, patient, relayer, doctor } = await opened();
    const delegation = { delegate: accountOf(guardian), until: FAR, categories: UNRESTRICTED };
    await setDelegateBySig(relayer, await signSetDelegate(patient, delegation)).send();
    const signed = await signContest(guardian, opening);
    expect(signed.signer).to.equal(guardian.account);
    await contestBySig(relayer, signed).send();
    expect(await isOpen(doctor, { ...opening, categories: ["allergies"] })).to.be.false;
  });
});

describe("cases", () => {
  it("are those of a patient, of a clinician, or between the two, oldest first", async () => {
    const { opening, doctor, colleague, patient, neighbour } = await opened();
    const second = await openedBy(doctor, neighbour);
    const third = await openedBy(colleague, patient);
    const [clinician, of] = [accountOf(doctor), accountOf(patient)];
    const times = async (filter: Parameters<typeof cases>[1]) =>
      (await cases(patient, filter)).map(({ openedAt }) => openedAt);
    expect(await times({})).to.deep.equal([opening, second, third].map(({ openedAt }) => openedAt));
    expect(await times({ patient: of })).to.deep.equal([opening.openedAt, third.openedAt]);
    expect(await times({ clinician })).to.deep.equal([opening.openedAt, second.openedAt]);
    expect(await times({ patient: of, clinician })).to.deep.equal([opening.openedAt]);
    expect(await cases(patient, { patient: of, clinician })).to.deep.equal([
      { ...opening, evidence: EVIDENCE, verdict: "pending", contested: false },
    ]);
  });
});

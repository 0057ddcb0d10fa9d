import { toBeHex } from "ethers";

import { accountOf, type Aceso } from "../../src/aceso.js";
import { categoriesIn } from "../../src/consent/category.js";
import * as consent from "../../src/consent/consent.js";
import { purposeOfBit } from "../../src/consent/purpose.js";
import { toAddress } from "../../src/crypto/address.js";
import { utf8, type Hex } from "../../src/crypto/bytes.js";
import { sha256 } from "../../src/crypto/digest.js";
import { fullEntriesOf } from "../../src/fhir/resource.js";
import { newStudySalts, readAnnouncement, requireApproved, sealStudy } from "../../src/research/announcement.js";
import { contributeRecords } from "../../src/research/contribution.js";
import { anchorDataset, dataset } from "../../src/research/dataset.js";
import { enrol, signEnrolment, signWithdrawal, withdrawBySig } from "../../src/research/enrolment.js";
import { build, payoutOf, type PayoutRound } from "../../src/research/payouts.js";
import { recruit } from "../../src/research/recruit.js";
import { claim, recordMilestone } from "../../src/research/reward.js";
import * as rounds from "../../src/research/round.js";
import * as studies from "../../src/research/study.js";
import { status } from "../../src/research/studyState.js";
import type { StudyTerms } from "../../src/research/studyTerms.js";
import { anchored, DAY, exampleCharts, exampleStudy, openCohort, text, type Cohort } from "./cohort.js";
import { act, chapter, refused, tell } from "./stage.js";

/** A study from its proposal to its results, and a cohort paid from a CSV file. */
export async function research(): Promise<void> {
  const cohort = await openCohort();
  const { sponsor, board, patients, stage } = cohort;

  chapter("21. A sponsor proposes a study, an unrelated board approves exactly that, and all it promises is paid in");
  const { draft, lacking } = await exampleStudy(cohort);
  tell(`HL7's ResearchStudy example gives no more than its status: ${lacking.length} parts are added`);
  const study = { sponsor: accountOf(sponsor), registration: draft.registration };
  const { terms, announcement } = await sealStudy(draft, study.sponsor, newStudySalts());
  const { result } = await act(
    `${draft.registration} is proposed, its protocol sealed`,
    studies.propose(sponsor, { study, terms }),
  );
  const { id, termsHash } = result;
  const until = (await stage.time.latest()) + 180 * DAY;
  const other = `0x${"11".repeat(32)}` as Hex;
  await refused("an approval of other terms", () => studies.approve(board, { id, termsHash: other, until }).send());
  await act("the board approves what it read", studies.approve(board, { id, termsHash, until }));
  await pay(cohort, id, terms);

  chapter("22. Three patients without ether see that they fit, consent, enrol and contribute");
  const announced = readAnnouncement(announcement);
  const charts = await exampleCharts();
  for (const [place, patient] of patients.entries()) {
    const chart = charts[place]!;
    const anchors = await anchored(cohort, patient, chart);
    await requireApproved(announced, terms);
    const resources = fullEntriesOf(chart).map(({ resource }) => resource);
    const [found] = recruit(resources, [announced], { on: await stage.time.latest() });
    tell(`patient ${place + 1}, on their own machine: ${found!.fit}; ${anchors} records their hospital anchored`);
    await takePart(cohort, patient, { id, terms });
    const { credits } = await contributeRecords(patient, { study: id, relayer: cohort.relayer });
    const earned = credits.reduce((sum, { reward }) => sum + reward, 0n);
    tell(`    ${credits.length} records contributed, ${text(earned)} credited by the contract at once`);
    await refused("    the same again", () => contributeRecords(patient, { study: id, relayer: cohort.relayer }));
  }
  const [first, second, third] = patients as [Aceso, Aceso, Aceso];
  await act(
    "the steward records a visit of the second",
    recordMilestone(cohort.steward, { study: id, participant: accountOf(second), milestone: 0 }),
  );
  await act(
    "the third withdraws by signature, for good, and keeps what was earned",
    withdrawBySig(cohort.relayer, await signWithdrawal(third, { study: id })),
  );
  const revocation = { grantee: terms.steward, policy: terms.form };
  await act(
    "    and revokes the consent",
    consent.revokeBySig(cohort.relayer, await consent.signRevoke(third, revocation)),
  );
  for (const patient of patients) {
    await claim(cohort.relayer, { study: id, participant: accountOf(patient) }).send();
    tell(`${text(await cohort.balanceOf(accountOf(patient)))} reached a patient, sent by somebody else`);
  }

  chapter("23. The steward makes a dataset, which names nobody");
  const made = await dataset(cohort.steward, { study: id });
  const { manifest, withheld } = made;
  const counts = Object.entries(manifest.resources).map(([type, count]) => `${count} ${type}`);
  tell(
    `${manifest.participants} of 3 participants: ${counts.join(", ")}; ${withheld.length} records may not be opened any more`,
  );
  const { dropped, generalized } = manifest.report;
  tell(
    `${sum(dropped)} elements dropped, ${sum(generalized)} made coarser, ${manifest.report.pseudonyms} ids replaced`,
  );
  tell(`k-anonymity: ${manifest.anonymity.k}, ${manifest.anonymity.unique} people are alone in their class`);
  await act(
    "the digest of its manifest is anchored",
    anchorDataset(cohort.steward, { study: id, digest: made.digest }),
  );

  await cohortPaid(cohort, [first, second, third]);

  chapter("25. Results are published late, which shows, and what nobody earned goes back");
  await refused("the sponsor takes its money back while the study runs", () =>
    studies.refund(sponsor, { study }).send(),
  );
  await stage.time.increaseTo(Number(terms.refundAt));
  await act(
    "the digest of the results",
    studies.publishResults(sponsor, { study, results: await sha256(utf8("Results 1.0")) }),
  );
  const { results, money } = (await status(sponsor, id))!;
  tell(`results were due ${results!.lateBy / DAY} days earlier`);
  await act(`the sponsor takes ${text(money.free)} back`, studies.refund(sponsor, { study }));
  const left = await cohort.balanceOf(sponsor.deployment.studyRewards);
  tell(
    `${text(money.funded)} in = ${text(money.paid)} paid + ${text(money.free)} back; the contract holds ${text(left)}`,
  );
  if (money.funded !== money.paid + money.free || left !== 0n) throw new Error("The books do not balance.");
}

async function pay({ sponsor, allow }: Cohort, id: Hex, terms: StudyTerms): Promise<void> {
  const promised = terms.cap * terms.capacity;
  await allow(sponsor.deployment.studyRewards, promised);
  await act("the sponsor pays in all but one unit", studies.fund(sponsor, { id, amount: promised - 1n }));
  tell(`    ${(await status(sponsor, id))!.seatsLeft} seats are open`);
  await act("and the last one", studies.fund(sponsor, { id, amount: 1n }));
  const { seatsLeft, money } = (await status(sponsor, id))!;
  tell(`    ${seatsLeft} seats are open; ${text(money.funded)} is what they can earn at most`);
}

/** A patient consents and an investigator countersigns; somebody else sends both. */
async function takePart(
  { relayer, steward }: Cohort,
  patient: Aceso,
  { id, terms }: { id: Hex; terms: StudyTerms },
): Promise<void> {
  const agreed = {
    purposes: [purposeOfBit(terms.purpose)],
    categories: categoriesIn(terms.categories),
    validUntil: Number(terms.endsAt),
  };
  const grant = await consent.signGrant(patient, { grantee: terms.steward, policy: terms.form, terms: agreed });
  await consent.grantBySig(relayer, grant).send();
  const countersigned = await signEnrolment(steward, { study: id, participant: accountOf(patient) });
  await act("    enrolled: signed by the patient and an investigator, relayed", enrol(relayer, countersigned));
}

/** Three rounds, the first of 1,000 people in one transaction. */
async function cohortPaid(cohort: Cohort, known: readonly Aceso[]): Promise<void> {
  const { sponsor, relayer, money, stage } = cohort;
  chapter("24. A thousand people are paid from a CSV file: one transaction binds it all, and nobody can change it");
  const strangers = Array.from({ length: 997 }, (_, place) => toAddress(toBeHex(2n ** 159n + BigInt(place), 20)));
  const everybody = [...known.map(accountOf), ...strangers];
  const files = [everybody, everybody.slice(0, 10), everybody.slice(0, 5)].map((accounts) => csvOf(accounts));
  const expiry = (await stage.time.latest()) + 90 * DAY;
  const published: { number: number; round: PayoutRound }[] = [];
  for (const file of files) {
    const { round } = await build(file, { decimals: 6 });
    await cohort.allow(sponsor.deployment.rewardDistributor, round.total);
    const step = `round of ${round.payees.length.toLocaleString("en")} payees, ${text(round.total)} in all`;
    const { result: number } = await act(step, rounds.publish(sponsor, { token: money, round, expiry }));
    published.push({ number, round });
  }
  for (const patient of known.slice(0, 2)) {
    const account = accountOf(patient);
    const payouts = published.map(({ number, round }) => ({ round: number, ...payoutOf(round, account) }));
    const step = `${text(payouts.reduce((all, { amount }) => all + amount, 0n))} of three rounds, in one transfer`;
    await act(step, rounds.claim(relayer, { account, payouts }));
    await refused("    once more", () => rounds.claim(relayer, { account, payouts }).send());
  }
  const [{ number, round }] = published as [(typeof published)[number]];
  const claims = strangers.slice(0, 100).map((account) => {
    return { account, payouts: [{ round: number, ...payoutOf(round, account) }] };
  });
  await act("100 more are paid by one who sends for all of them", rounds.payOut(relayer, { claims }));
  const { left, total } = await rounds.roundOf(relayer, number);
  tell(`of ${text(total)} of the first round ${text(left)} wait for who claims them`);
}

function csvOf(accounts: readonly string[]): string {
  return `account,amount\n${accounts.map((account, place) => `${account},${5 + (place % 10)}.50`).join("\n")}\n`;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((all, count) => all + count, 0);
}

import type { Bundle } from "fhir/r4.js";

import { accountOf } from "../../src/aceso.js";
import { utf8 } from "../../src/crypto/bytes.js";
import { newSalt, saltedDigest } from "../../src/crypto/saltedDigest.js";
import { appealBySig, rule, signAppeal } from "../../src/insurance/appeal.js";
import type { ClaimFile } from "../../src/insurance/claimFile.js";
import { decide, finalize } from "../../src/insurance/decision.js";
import { estimate } from "../../src/insurance/estimate.js";
import { policyFrom, policyId } from "../../src/insurance/policyKey.js";
import { repaymentOf, reverse } from "../../src/insurance/reversal.js";
import { statement } from "../../src/insurance/statement.js";
import { tokenUnits } from "../../src/token/amount.js";
import { claimsIn, exampleClaims, servicesOf, type Claims } from "./claims.js";
import { balance, DECIMALS, explain, keyOf, openMarket, text, type Market } from "./market.js";
import { act, chapter, refused, tell } from "./stage.js";

const FUNDED = "40000.00";

/** A claim's way from the hospital to the money, with HL7's examples. */
export async function insurance(): Promise<void> {
  const claims = await exampleClaims(["760152", "100151", "MED-00050", "960150"]);
  const [compound, dental, exam, operation] = inOrder(claims, ["760152", "100151", "960150", "MED-00050"]);
  const market = await openMarket(claims.billable, servicesOf(claims.billable));
  const { insurer, hospital, patient, arbitrator, secret } = market;

  chapter("15. An insurer publishes a plan, puts money behind it, and sees what it would pay");
  tell(`HL7's claims, moved ${claims.moved} days ahead: the newest service was on ${claims.newest}`);
  await market.fund(FUNDED);
  tell(`the plan is frozen, ${FUNDED} of a 6-decimals dollar are in its reserve; nobody's admin can touch them`);

  chapter("16. An eye examination is paid in the transaction that claims it");
  const first = await market.write(exam);
  const asked = { policy: policyFrom(first.policy), provider: accountOf(hospital), secret, services: exam.lines };
  const { outcome, settlement } = await estimate(patient, asked);
  tell(
    `estimate: of ${text(outcome.billed)} the patient would pay ${text(outcome.patientShare)}, settled ${settlement}`,
  );
  const paidAtOnce = await market.submit(first);
  tell(`claimed with the patient's acknowledgement, paid ${text(paidAtOnce.result.paid)}`, paidAtOnce.gasUsed);
  await explain(market, first);
  await refused("the same claim again", () => market.submit(first));

  chapter("17. A larger one waits for the insurer, who approves");
  const second = await market.write(dental);
  const waiting = await market.submit(second);
  tell(
    `four lines claimed, ${text(waiting.result.outcome.benefit)} reserved for the insurer to decide`,
    waiting.gasUsed,
  );
  const response = await written("the ClaimResponse");
  await act(
    "the insurer approves all of it, and it is paid",
    decide(insurer, { ...keyOf(second), benefit: waiting.result.outcome.benefit, response }),
  );

  chapter("18. A claim with a mistake is reversed, and a corrected one follows");
  const wrong = await market.write(compound);
  const mistaken = await market.submit(wrong);
  tell(`a compounded medicine, paid ${text(mistaken.result.paid)}: one ingredient was billed twice`, mistaken.gasUsed);
  await market.approve(hospital, await repaymentOf(hospital, wrong.id));
  await act("the pharmacy takes it back: money, accumulators and lines are as before", reverse(hospital, keyOf(wrong)));
  const corrected = await market.write({ resource: compound.resource, lines: compound.lines.slice(1) });
  const right = await market.submit(corrected);
  tell(`the corrected claim is paid ${text(right.result.paid)}`, right.gasUsed);

  chapter("19. A denied operation is appealed, by a patient without ether, and won");
  const fourth = await market.write(operation);
  const large = await market.submit(fourth);
  await act(
    `the insurer denies the ${text(large.result.outcome.benefit)} of an operation, and sets the arbitrator's fee aside`,
    decide(insurer, { ...keyOf(fourth), benefit: 0n, response: await written("not necessary") }),
  );
  const appeal = await signAppeal(patient, { ...keyOf(fourth), grounds: await written("second opinion") });
  await act("the patient signs an appeal, relayed", appealBySig(hospital, appeal));
  await act(
    "the arbitrator rules for the patient: paid, and the fee with it, by the insurer",
    rule(arbitrator, {
      ...keyOf(fourth),
      award: large.result.outcome.benefit,
      reasons: await written("medically necessary"),
    }),
  );
  await explain(market, fourth);

  chapter("20. The year so far, and the books");
  const files = [first, second, wrong, corrected, fourth];
  for (const policy of new Set(files.map((file) => policyId(policyFrom(file.policy))))) await told(market, policy);
  await balance(market, files, tokenUnits(FUNDED, DECIMALS));
}

/** Every claim of a bundle, each on its day; the insurer approves what waits, or is silent. */
export async function ownClaims(bundle: Bundle): Promise<void> {
  const claims = claimsIn(bundle);
  if (claims === undefined) return;
  chapter(`26. The bundle's own claims, moved ${claims.moved} days: the newest service was on ${claims.newest}`);
  for (const note of claims.notes) tell(note);
  if (claims.billable.length === 0) return;
  const market = await openMarket(claims.billable, servicesOf(claims.billable));
  await market.fund(FUNDED);
  const files: ClaimFile[] = [];
  for (const claim of claims.billable) {
    const file = await market.write(claim);
    files.push(file);
    const { result, gasUsed } = await market.submit(file);
    const { billed, benefit, patientShare, writeOff } = result.outcome;
    const shares = `${text(billed)} = ${text(benefit)} plan + ${text(patientShare)} patient + ${text(writeOff)} provider`;
    tell(`Claim/${claim.resource.id!.slice(0, 8)} of ${claim.day}, ${claim.lines.length} lines: ${shares}`, gasUsed);
    if (result.status === "Pending") {
      await market.stage.time.increase(16 * 24 * 60 * 60);
      await act("    the insurer is silent, which approves", finalize(market.hospital, keyOf(file)));
    }
  }
  await balance(market, files, tokenUnits(FUNDED, DECIMALS));
}

/** The digest of what somebody wrote. Who writes keeps the salt and hands it over with the text; here nobody asks for it. */
async function written(words: string) {
  return saltedDigest(utf8(words), newSalt());
}

async function told({ patient }: Market, policy: Parameters<typeof statement>[1]["policy"]): Promise<void> {
  const { totals, left, claims } = await statement(patient, { policy });
  tell(`${claims.length} claims: billed ${text(totals.billed)}, the plan pays ${text(totals.benefit)}`);
  tell(`    the patient pays ${text(totals.patientShare)}; ${text(left.outOfPocket)} until the plan pays all`);
}

function inOrder({ billable }: Claims, ids: readonly [string, string, string, string]) {
  return ids.map((id) => billable.find(({ resource }) => resource.id === id)!) as [
    Claims["billable"][number],
    Claims["billable"][number],
    Claims["billable"][number],
    Claims["billable"][number],
  ];
}

/**
 * Everybody of rounds paid, many in a transaction, those left out whom the token refuses.
 *
 * @module
 */
import { toUtf8String, Utf8ErrorFuncs } from "ethers";

import type { Aceso } from "../../aceso.js";
import type { Address } from "../../crypto/address.js";
import { AcesoError } from "../../errors.js";
import { TransactionFailedError, type Prepared } from "../../prepare.js";
import type { Payee } from "../../research/payee.js";
import { payoutOf, type PayoutRound } from "../../research/payouts.js";
import { claimedIn, payOut } from "../../research/round.js";
import { ContractError, UnknownRevertError } from "../../revert.js";
import { now } from "../../signing.js";
import { decimalOf } from "../../token/amount.js";
import { amountText } from "../amounts.js";
import type { Context } from "../context.js";
import { answer } from "../output.js";
import { withProgress, type Report } from "../progress.js";
import type { Session } from "../session.js";
import { show, type WriteOptions } from "../write.js";
import { countText } from "./payoutOptions.js";
import type { PublishedFile } from "./payoutRound.js";

/** How many are paid in a transaction: some five million gas with a plain token. */
export const BATCH = 100;

const LONGEST_REASON = 100;

/** Refusals that concern the whole round, whoever is paid. */
const OF_ROUND = ["RoundUnknown", "RoundExpired", "TokensMixed"];

/** A payout nobody claimed yet. Its proof is made when it is sent: those of all would fill the memory. */
type Due = Payee & { round: number; of: PayoutRound };

/** Who was not paid, and what the chain said. */
type Refusal = { account: Address; round: number; amount: bigint; reason: string };

type Outcome = { paid: bigint; payees: number; transactions: number; refused: Refusal[] };

/**
 * Pays everybody who was not paid yet. What is on chain says who that is, so it goes on where it was interrupted.
 *
 * @throws {@link PayoutsRefusedError} when the token refused some, after everybody else was paid; or everybody at first, when
 * the rest is not tried.
 * @throws what refuses a transaction whoever is paid, such as the end of a round.
 */
export async function payEveryone(
  context: Context,
  aceso: Session,
  files: readonly PublishedFile[],
  { dryRun }: WriteOptions,
): Promise<void> {
  const { due, claimed, ended } = await duePayouts(aceso, files);
  const { token, decimals } = files[0]!.file;
  if (dryRun) return show(context, prepareBatch(aceso, due.slice(0, BATCH)));
  const outcome = await withProgress(context, `Paying ${countText(due.length, "payout")}`, (report) =>
    payAll(aceso, due, report),
  );
  const refused = outcome.refused.map(({ amount, ...rest }) => ({ ...rest, amount: decimalOf(amount, decimals) }));
  const paid = amountText(outcome.paid, { decimals });
  const lines = [
    `Paid ${countText(outcome.payees, "payout")}, ${paid} of ${token}, in ${countText(outcome.transactions, "transaction")}.`,
    ...(claimed > 0 ? [`${countText(claimed, "payout")} had been claimed before.`] : []),
    ...ended.map((round) => `Round ${round} has ended: nothing is claimed of it any more.`),
    ...(refused.length > 0 ? ["Refused:"] : []),
    ...refused.map(({ account, amount, round, reason }) => `  ${account}  ${amount} of round ${round}: ${reason}`),
  ];
  const { payees, transactions } = outcome;
  const told = { payees, paid: decimalOf(outcome.paid, decimals), token, transactions, claimedBefore: claimed };
  answer(context, { ...told, ended, refused }, lines.join("\n"));
  if (refused.length > 0) throw new PayoutsRefusedError(refused.length, due.length);
}

async function duePayouts(
  aceso: Aceso,
  files: readonly PublishedFile[],
): Promise<{ due: Due[]; claimed: number; ended: number[] }> {
  const time = await now(aceso);
  const rounds = new Map(files.flatMap(({ file, states }) => states.map((state) => [state.round, { file, state }])));
  const due: Due[] = [];
  const ended: number[] = [];
  let claimed = 0;
  for (const [round, { file, state }] of rounds) {
    if (state.expiry <= time) {
      ended.push(round);
      continue;
    }
    const spent = await claimedIn(aceso, round);
    claimed += spent.size;
    for (const [index, payee] of file.round.payees.entries()) {
      if (!spent.has(index)) due.push({ ...payee, round, of: file.round });
    }
  }
  return { due, claimed, ended };
}

async function payAll(aceso: Aceso, due: readonly Due[], report: Report): Promise<Outcome> {
  const outcome: Outcome = { paid: 0n, payees: 0, transactions: 0, refused: [] };
  for (let at = 0; at < due.length; at += BATCH) {
    await payBatch(aceso, due.slice(at, at + BATCH), outcome);
    // The token refuses everybody: the rest would only cost time.
    if (outcome.refused.length === BATCH && outcome.payees === 0) {
      throw new PayoutsRefusedError(BATCH, due.length, outcome.refused[0]!.reason);
    }
    report(Math.min(1, (at + BATCH) / due.length));
  }
  return outcome;
}

/** One refusal stops a whole transaction, so it is halved until those refused stand alone. */
async function payBatch(aceso: Aceso, batch: readonly Due[], outcome: Outcome): Promise<void> {
  try {
    await prepareBatch(aceso, batch).send();
  } catch (error) {
    if (!isAboutPayee(error)) throw error;
    if (batch.length === 1) return refuse(batch[0]!, error, outcome);
    const middle = Math.ceil(batch.length / 2);
    await payBatch(aceso, batch.slice(0, middle), outcome);
    await payBatch(aceso, batch.slice(middle), outcome);
    return;
  }
  outcome.transactions += 1;
  outcome.payees += batch.length;
  for (const { amount } of batch) outcome.paid += amount;
}

function prepareBatch(aceso: Aceso, batch: readonly Due[]): Prepared {
  const claims = batch.map(({ account, round, of }) => ({ account, payouts: [{ round, ...payoutOf(of, account) }] }));
  return payOut(aceso, { claims });
}

function refuse({ account, round, amount }: Due, error: Refused, outcome: Outcome): void {
  // Somebody claimed it meanwhile.
  if (error instanceof ContractError && error.error === "PayoutSpent") return;
  outcome.refused.push({ account, round, amount, reason: reasonOf(error) });
}

type Refused = ContractError | UnknownRevertError | TransactionFailedError;

function isAboutPayee(error: unknown): error is Refused {
  if (error instanceof ContractError) return !OF_ROUND.includes(error.error);
  return error instanceof UnknownRevertError || error instanceof TransactionFailedError;
}

/** What the token said, in few and printable characters. */
function reasonOf(error: Refused): string {
  if (!(error instanceof UnknownRevertError)) return error.message;
  const selector = error.data.slice(0, 10);
  const said = selector === "0x08c379a0" ? error.data.slice(138) : "";
  const words = toUtf8String(`0x${said}`, Utf8ErrorFuncs.ignore).replace(/[^\x20-\x7e]/g, "");
  return `the token refuses ${words === "" ? `with ${selector}` : `and says "${words.slice(0, LONGEST_REASON)}"`}`;
}

/** Some payouts were refused. */
export class PayoutsRefusedError extends AcesoError {
  override name = "PayoutsRefusedError";
  constructor(refused: number, total: number, reason?: string) {
    super(
      reason === undefined
        ? `${refused} of ${total} payouts were refused; everybody else was paid.`
        : `The first ${refused} of ${total} payouts were all refused, so the rest was not tried. ${reason}`,
      reason === undefined
        ? "See what the token says of these accounts. Their money stays in the round until it ends."
        : "See whether the token is paused, or refuses the distributor; then run it again.",
    );
  }
}

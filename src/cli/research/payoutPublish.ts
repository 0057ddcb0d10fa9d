/**
 * `aceso payout publish`: a round paid in, once, however often the command is interrupted.
 *
 * @module
 */
import type { Command } from "commander";

import type { Address } from "../../crypto/address.js";
import { AcesoError } from "../../errors.js";
import type { Prepared } from "../../prepare.js";
import { publish, roundsOf, type RoundState } from "../../research/round.js";
import { saveRound, type Publication, type RoundFile } from "../../research/roundFile.js";
import { now } from "../../signing.js";
import { decimalOf } from "../../token/amount.js";
import { balanceOf } from "../../token/token.js";
import { amountText } from "../amounts.js";
import { end, type Moment } from "../arguments.js";
import { acting, type Context } from "../context.js";
import { replaceFile, STANDARD, systemCodeOf } from "../files.js";
import type { Io } from "../io.js";
import { answer, note, timeText } from "../output.js";
import { signing, type Session } from "../session.js";
import { type Step, afterApproval, carryOutAll } from "../steps.js";
import { requireToken } from "../tokenNamed.js";
import { UsageError } from "../usage.js";
import { writes, type WriteOptions } from "../write.js";
import { countText } from "./payoutOptions.js";
import { readRound, requireHere } from "./payoutRound.js";

type PublishOptions = WriteOptions & { expires?: Moment; again?: boolean };

const DEFAULT_WINDOW = "90d";

/** Adds the verb that publishes. */
export function publishVerb(domain: Command, io: Io): void {
  writes(domain.command("publish"))
    .description("pay a round in: approve exactly its total, publish it, and write its number into the file")
    .argument("<file>", "the round, as `aceso payout build` made it")
    .option("--expires <time>", `when it ends, at least 30 days from now (default: ${DEFAULT_WINDOW})`, end)
    .option("--again", "pay the same payees once more, on purpose, in another round")
    .addHelpText(
      "after",
      `\nNobody can change a round that is published. Interrupted, run it again: a round that is on chain already is found, and not
paid for twice. Then give the file to the payees.

Example:
  $ aceso payout publish may.round.json --expires 120d`,
    )
    .action(acting(io, publishRound));
}

async function publishRound(
  context: Context,
  path: string,
  { expires = end(DEFAULT_WINDOW), again = false, ...options }: PublishOptions,
): Promise<void> {
  if (path === STANDARD) throw new UsageError("A round from stdin has no file to be completed.", "Name its file.");
  const file = await readRound(context, path);
  const aceso = await signing(context);
  requireHere(aceso, file, path);
  const unnamed = await unnamedRounds(aceso, file);
  if (unnamed.length > 0) return complete(context, { path, file, unnamed, aceso }, options);
  const { published = [] } = file;
  if (published.length > 0 && !again) throw new RoundPublishedError(path, published.at(-1)!.round);
  await requireToken(aceso, file);
  await requireSettled(aceso);
  await requireFunds(aceso, file);
  const expiry = expires(await now(aceso));
  await payIn(context, aceso, { path, file, expiry }, options);
}

async function payIn(
  context: Context,
  aceso: Session,
  { path, file, expiry }: { path: string; file: RoundFile; expiry: number },
  options: WriteOptions,
): Promise<void> {
  const { round, token, decimals, published = [] } = file;
  const total = amountText(round.total, { decimals });
  const payees = countText(round.payees.length, "payee");
  note(context, `The round pays ${payees} ${total} in all of ${token}, until ${timeText(expiry)}.`);
  const prepared = publish(aceso, { token, round, expiry });
  const keeping: Prepared<number> = {
    ...prepared,
    send: async () => {
      const sent = await prepared.send();
      await keep(context, aceso, { path, file, published: [...published, { round: sent.result, expiry }] });
      return sent;
    },
  };
  await carryOutAll(context, options, {
    prepare: () => stepsOf(aceso, file, keeping),
    said: (number) => `Published round ${number}: ${payees}, ${total}. ${path} names it; give it to the payees.`,
    told: (number) => ({
      ...{ round: number, publisher: aceso.account, token, total: decimalOf(round.total, decimals) },
      ...{ payees: round.payees.length, root: round.root, expiry, file: path },
    }),
  });
}

/** What the chain has of this publisher's with the same payees, and the file does not name: the end of an interrupted run. */
async function unnamedRounds(aceso: Session, { round, token, published = [] }: RoundFile): Promise<RoundState[]> {
  const same = await roundsOf(aceso, { publisher: aceso.account, root: round.root });
  const named = new Set(published.map(({ round: number }) => number));
  return same.filter((one) => one.token === token && one.total === round.total && !named.has(one.round));
}

async function complete(
  context: Context,
  { path, file, unnamed, aceso }: { path: string; file: RoundFile; unnamed: readonly RoundState[]; aceso: Session },
  { dryRun }: WriteOptions,
): Promise<void> {
  const found = unnamed.map(({ round, expiry }) => ({ round, expiry }));
  const published = [...(file.published ?? []), ...found].sort((one, other) => one.round - other.round);
  if (!dryRun) await keep(context, aceso, { path, file, published });
  const numbers = found.map(({ round }) => round).join(", ");
  answer(
    context,
    { ...published.at(-1)!, publisher: aceso.account, root: file.round.root, found, transactions: [], file: path },
    `These payees were published before, as round ${numbers}: nothing was sent, and nothing is paid twice.\n` +
      `${path} ${dryRun ? "would name" : "names"} it now. To pay them once more, on purpose, add --again.`,
  );
}

async function keep(
  { io }: Context,
  { chainId, deployment }: Session,
  { path, file, published }: { path: string; file: RoundFile; published: readonly Publication[] },
): Promise<void> {
  const text = saveRound({ ...file, chainId, distributor: deployment.rewardDistributor, published });
  await replaceFile(io, path, text).catch((cause: unknown) => {
    throw new RoundFileBehindError(path, published.at(-1)!.round, { cause });
  });
}

/** The publication, after its approval for exactly the total where an interrupted run has not approved it yet. */
async function stepsOf(
  aceso: Session,
  { token, round }: RoundFile,
  prepared: Prepared<number>,
): Promise<Step<number>[]> {
  const publication = { name: "Publication", prepared };
  try {
    await prepared.simulate();
    return [publication];
  } catch {
    const spender = aceso.deployment.rewardDistributor;
    return afterApproval(aceso, { token, amount: round.total, spender }, publication);
  }
}

/** A publication that waits for its block is on no list of rounds yet. */
async function requireSettled({ provider, account }: Session): Promise<void> {
  const [sent, settled] = await Promise.all([
    provider.getTransactionCount(account, "pending"),
    provider.getTransactionCount(account, "latest"),
  ]);
  if (sent > settled) throw new TransactionsPendingError(sent - settled);
}

async function requireFunds(aceso: Session, { token, round, decimals }: RoundFile): Promise<void> {
  const held = await balanceOf(aceso, { token, account: aceso.account });
  if (held < round.total) {
    throw new PayoutFundsError(amountText(held, { decimals }), amountText(round.total, { decimals }), token);
  }
}

/** A round file was published already. */
export class RoundPublishedError extends AcesoError {
  override name = "RoundPublishedError";
  constructor(
    path: string,
    readonly round: number,
  ) {
    super(
      `${path} was published already, as round ${round}; nothing was sent.`,
      "Give the file to its payees. To pay them once more, on purpose, add --again.",
    );
  }
}

/** A round is published, and its file does not say so. */
export class RoundFileBehindError extends AcesoError {
  override name = "RoundFileBehindError";
  constructor(
    path: string,
    readonly round: number,
    options: { cause: unknown },
  ) {
    super(
      `Round ${round} is published, but ${path} can't be written (${systemCodeOf(options.cause)}).`,
      "Make room for it, then run the same command again: it finds the round, and pays nothing twice.",
      options,
    );
  }
}

/** The account has sent what is in no block yet. */
export class TransactionsPendingError extends AcesoError {
  override name = "TransactionsPendingError";
  constructor(count: number) {
    super(
      `${countText(count, "transaction")} of this account wait for a block, and may have published the round.`,
      "Wait until they are in one, then run it again.",
    );
  }
}

/** The account holds less than the round pays. */
export class PayoutFundsError extends AcesoError {
  override name = "PayoutFundsError";
  constructor(held: string, total: string, token: Address) {
    super(
      `The round pays ${total} of ${token} in all, and the account holds ${held}; nothing was sent.`,
      "Get the rest of the token, or build a smaller round.",
    );
  }
}

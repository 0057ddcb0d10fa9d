/**
 * `aceso token`: the deployment's own reward token minted, and what an account holds of any.
 *
 * @module
 */
import type { Command } from "commander";

import type { Address } from "../crypto/address.js";
import { AcesoError } from "../errors.js";
import { now } from "../signing.js";
import { decimalOf, tokenUnits } from "../token/amount.js";
import { mint, mintTime, scheduleMint } from "../token/mint.js";
import { balanceOf, tokenDecimals } from "../token/token.js";
import { amountText } from "./amounts.js";
import { address } from "./arguments.js";
import { acting, type Context } from "./context.js";
import type { Io } from "./io.js";
import { answer, timeText } from "./output.js";
import { accountOr, reading, signing } from "./session.js";
import { requireToken } from "./tokenNamed.js";
import { carryOut, writes, type WriteOptions } from "./write.js";

const HOLDER = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

type MintOptions = WriteOptions & { to: Address; amount: string };

/** Adds the verbs of tokens. */
export function tokenVerbs(program: Command, io: Io): void {
  const domain = program.command("token").description("the deployment's reward token, and what accounts hold");

  writes(domain.command("mint"))
    .description("as the admin, mint the reward token: at once, or scheduled first and then run again")
    .requiredOption("--to <address>", "whose the tokens are", address("--to"))
    .requiredOption("--amount <amount>", "how many, such as 5000 or 0.25")
    .addHelpText(
      "after",
      `\nWhere the admin acts under a delay, the first run schedules the minting and says from when on the same command mints.

Example:
  $ aceso token mint --to ${HOLDER} --amount 5000`,
    )
    .action(acting(io, mintTokens));

  domain
    .command("balance")
    .description("tell what an account holds of a token")
    .argument("[account]", "whose (default: the configured account)", address("The account"))
    .option("--token <address>", "an ERC-20 (default: the reward token)", address("--token"))
    .addHelpText("after", `\nExample:\n  $ aceso token balance ${HOLDER}`)
    .action(acting(io, balance));
}

async function mintTokens(context: Context, { to, amount: typed, ...options }: MintOptions): Promise<void> {
  const aceso = await signing(context);
  const token = aceso.deployment.rewardToken;
  const decimals = await tokenDecimals(aceso, token);
  const minting = { to, amount: tokenUnits(typed, decimals) };
  const text = `${amountText(minting.amount, { decimals })} of ${token} to ${to}`;
  const told = { to, amount: decimalOf(minting.amount, decimals), token };
  const from = await mintTime(aceso, minting);
  if (from === undefined) {
    return carryOut(context, options, {
      prepare: () => scheduleMint(aceso, minting),
      said: async () =>
        `Scheduled the minting of ${text}. From ${timeText((await mintTime(aceso, minting))!)} on, for a week, run the same ` +
        "command again: it mints then.",
      told: async () => ({ ...told, minted: false, mintableFrom: await mintTime(aceso, minting) }),
    });
  }
  if (from > (await now(aceso))) throw new MintTooEarlyError(from);
  await carryOut(context, options, {
    prepare: () => mint(aceso, minting),
    said: () => `Minted ${text}.`,
    told: () => ({ ...told, minted: true }),
  });
}

async function balance(
  context: Context,
  named: Address | undefined,
  { token: other }: { token?: Address },
): Promise<void> {
  const account = await accountOr(context, named);
  const aceso = await reading(context);
  const token = other ?? aceso.deployment.rewardToken;
  const decimals = await requireToken(aceso, { token });
  const held = await balanceOf(aceso, { token, account });
  answer(
    context,
    { account, token, balance: decimalOf(held, decimals), decimals },
    `${account} holds ${amountText(held, { decimals })} of ${token}.`,
  );
}

/** A minting is scheduled, and its delay has not passed. */
export class MintTooEarlyError extends AcesoError {
  override name = "MintTooEarlyError";
  constructor(
    /** From when on it mints, in Unix seconds. */
    readonly from: number,
  ) {
    super(`This minting is scheduled, for ${timeText(from)} at the earliest.`, "Run the same command again then.");
  }
}

/**
 * `aceso claim decide`, `finalize`, `lapse` and `fund`: what becomes of a claim that waits.
 *
 * @module
 */
import { ZeroHash } from "ethers";
import { Option, type Command } from "commander";

import type { Aceso } from "../../aceso.js";
import type { Hex } from "../../crypto/bytes.js";
import { requireServices } from "../../insurance/claimFile.js";
import type { BilledClaim } from "../../insurance/claimKey.js";
import { decide, finalize, fund, lapse } from "../../insurance/decision.js";
import type { Prepared } from "../../prepare.js";
import { decimalOf, tokenUnits } from "../../token/amount.js";
import { amountText } from "../amounts.js";
import { acting, type Context } from "../context.js";
import type { Io } from "../io.js";
import { keepingSalt } from "../saltedDigest.js";
import { signing } from "../session.js";
import { UsageError } from "../usage.js";
import { carryOut, writes, type WriteOptions } from "../write.js";
import { claimNamed } from "./claimNamed.js";
import { CLAIM_FILE, ofClaim } from "./claimOptions.js";
import { standing, standingTold } from "./claimStanding.js";
import { readPlanSecret } from "./planSecret.js";
import {
  keepsSalt,
  noteSalt,
  saltTold,
  writtenOption,
  writtenReasons,
  type SaltOptions,
  type WrittenReasons,
} from "./writtenReasons.js";

type DecideOptions = WriteOptions &
  SaltOptions & {
    approve?: boolean;
    benefit?: string;
    deny?: boolean;
    response?: string;
    secret?: string;
  };

/** Adds the verbs that end a claim's waiting. */
export function decideVerbs(domain: Command, io: Io): void {
  keepsSalt(writes(ofClaim(domain.command("decide"))))
    .description("as the insurer, approve a pending claim, or take something off it")
    .addOption(new Option("--approve", "all of its benefit").conflicts(["benefit", "deny"]))
    .addOption(
      new Option("--benefit <amount>", "so much of it, in the plan's currency, such as 80.00").conflicts("deny"),
    )
    .option("--deny", "nothing of it")
    .addOption(writtenOption("response", "the ClaimResponse"))
    .option("--secret <file>", "with a claim file: check its lines against the plan's secret")
    .addHelpText(
      "after",
      `\nExample:\n  $ aceso claim decide ${CLAIM_FILE} --benefit 80.00 --response response.json --secret silver.secret.json`,
    )
    .action(acting(io, decideClaim));

  const anybodys = (name: string, description: string, verb: AnybodysVerb): void => {
    writes(ofClaim(domain.command(name)))
      .description(description)
      .addHelpText("after", `\nExample:\n  $ aceso claim ${name} ${CLAIM_FILE}`)
      .action(
        acting(io, (context: Context, named: string, options: WriteOptions) => settle(context, named, options, verb)),
      );
  };
  anybodys("finalize", "end a window nobody used: silence approves, agrees or awards", {
    prepare: finalize,
    said: "is settled: its window ended unused",
  });
  anybodys("lapse", "end a claim on consent that the insurer was silent on", {
    prepare: lapse,
    said: "lapsed: its lines may be claimed again",
  });
  anybodys("fund", "bind the plan's reserve to a claim that found it dry; what is due is paid", {
    prepare: fund,
    said: "has its reserve",
  });
}

type AnybodysVerb = { prepare: (aceso: Aceso, claim: { claim: BilledClaim }) => Prepared; said: string };

async function settle(
  context: Context,
  named: string,
  options: WriteOptions,
  { prepare, said }: AnybodysVerb,
): Promise<void> {
  const aceso = await signing(context);
  const { id, claim, ...money } = await claimNamed(context.io, aceso, named);
  await carryOut(context, options, {
    prepare: () => prepare(aceso, { claim }),
    said: async () => `Claim ${id} ${said}. ${await standing(aceso, id, money)}`,
    told: async () => ({ id, ...(await standingTold(aceso, id, money)) }),
  });
}

async function decideClaim(context: Context, named: string, options: DecideOptions): Promise<void> {
  const { approve, benefit: typed, deny, secret } = options;
  if (!approve && !deny && typed === undefined) {
    throw new UsageError("A decision says what is approved.", "Pass --approve, --benefit AMOUNT or --deny.");
  }
  const { io } = context;
  const written = await responseOf(io, options);
  const aceso = await signing(context);
  const { id, claim, file, ...money } = await claimNamed(io, aceso, named);
  if (secret !== undefined) {
    if (file === undefined) throw new UsageError("--secret goes with a claim file.", "Name the claim by its file.");
    requireServices(file, await readPlanSecret(io, secret));
  }
  const benefit = await benefitOf(aceso, { id, decimals: money.decimals, typed: deny ? "0" : typed });
  const { decimals } = money;
  await carryOut(context, options, {
    prepare: () => keepingSalt(written.salted, decide(aceso, { claim, benefit, response: written.digest })),
    said: async () => `Approved ${amountText(benefit, money)} of claim ${id}. ${await standing(aceso, id, money)}`,
    told: async () => {
      const decided = { id, approved: decimalOf(benefit, decimals), response: written.digest, ...saltTold(written) };
      return { ...decided, ...(await standingTold(aceso, id, money)) };
    },
  });
  noteSalt(context, written, options);
}

/** The digest of the ClaimResponse; of none, zero. */
async function responseOf(io: Io, { approve, response, ...options }: DecideOptions): Promise<WrittenReasons> {
  if (response !== undefined) return writtenReasons(io, response, options);
  if (!approve) {
    throw new UsageError("Who takes something off a claim says why.", "Pass the ClaimResponse with --response.");
  }
  if (options.saltFile !== undefined) throw new UsageError("--salt-file goes with --response.", "Leave it out.");
  return { digest: ZeroHash as Hex };
}

/** What is approved: what was typed, else all that was adjudicated. */
async function benefitOf(
  aceso: Aceso,
  { id, decimals, typed }: { id: Hex; decimals: number; typed: string | undefined },
): Promise<bigint> {
  if (typed !== undefined) return tokenUnits(typed, decimals, "benefit");
  return (await aceso.contracts.escrow.claimOf(id)).benefit;
}

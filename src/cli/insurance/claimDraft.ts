/**
 * `aceso claim draft` and `acknowledge`: claims made of FHIR Claims, and signed by their patients.
 *
 * @module
 */
import type { Command } from "commander";

import { accountOf, type Aceso } from "../../aceso.js";
import { categoryMask } from "../../consent/category.js";
import type { Address } from "../../crypto/address.js";
import { AcesoError } from "../../errors.js";
import { signAcknowledgement } from "../../insurance/acknowledgement.js";
import { draftClaim, parseClaimFile, requireServices, type ClaimFile } from "../../insurance/claimFile.js";
import { now } from "../../signing.js";
import { amountText } from "../amounts.js";
import { end, type Moment } from "../arguments.js";
import { acting, type Context } from "../context.js";
import { fillingFile, jsonText, readText, writeNewFile } from "../files.js";
import type { Io } from "../io.js";
import { answer, tableOf, timeText } from "../output.js";
import { reading, signing } from "../session.js";
import { billedSource, billingOf, requireOneClaim, type BilledSource, type Billing } from "./claimBilling.js";
import { claimsIn, pathsFor, typeOf } from "./claimDocument.js";
import { billedText, billedTold } from "./claimEstimate.js";
import { claimFiled, type FiledClaim } from "./claimNamed.js";
import { bills, CLAIM_FILE, type BillingOptions } from "./claimOptions.js";
import { plain } from "./claimText.js";
import { readPlanSecret } from "./planSecret.js";

type OutOption = { out: string };

type DraftOptions = BillingOptions & OutOption & { drafted?: readonly string[] };

/** Adds the verbs that make a claim and have it acknowledged. */
export function draftVerbs(domain: Command, io: Io): void {
  bills(domain.command("draft"))
    .description("make claims of FHIR Claims, for their patient to acknowledge; nothing is sent")
    .argument("<claim>", "a FHIR Claim, or a Bundle with Claims and what they refer to; - for stdin")
    .requiredOption(
      "--out <file>",
      "where the claim file goes: a new file; of several claims, -1, -2 and so on is added",
    )
    .option(
      "--drafted <file>",
      "a claim file not submitted yet, whose line numbers are not given again; again for each",
      (path: string, earlier: readonly string[] = []) => [...earlier, path],
    )
    .addHelpText(
      "after",
      `\nThe claim file says what was done. Keep it, and give it to the patient and the insurer alone.

Example:
  $ aceso claim draft claim.json --policy policy.json --secret silver.secret.json --currency USD --out ${CLAIM_FILE}`,
    )
    .action(acting(io, draft));

  domain
    .command("acknowledge")
    .description("as the patient, sign that a claim is right: the provider submits it with what is signed")
    .argument("<claim>", "the claim file; - for stdin")
    .requiredOption("--secret <file>", "the file of the plan's secret: each line is checked against it")
    .requiredOption("--out <file>", "where the signed acknowledgement goes: a new file")
    .option("--deadline <time>", "the last moment it counts (default: in an hour)", end)
    .option("--dry-run", "show what would be signed; sign nothing")
    .addHelpText(
      "after",
      `\nExample:
  $ aceso claim acknowledge ${CLAIM_FILE} --secret silver.secret.json --deadline 7d --out acknowledgement.json`,
    )
    .action(acting(io, acknowledge));
}

async function draft(context: Context, path: string, { out, ...options }: DraftOptions): Promise<void> {
  const { io } = context;
  const sources = claimsIn(await readText(io, path), options.claim);
  requireOneClaim(sources, options);
  const earlier = (options.drafted ?? []).map(async (name) => parseClaimFile(await readText(io, name)));
  const drafted = await Promise.all(earlier);
  const aceso = await reading(context);
  const billing = await billingOf(context, aceso, options);
  const done: { billed: BilledSource; file: string; claim: ClaimFile | undefined }[] = [];
  for (const [at, file] of pathsFor(sources, out).entries()) {
    const billed = await billedSource(aceso, sources[at]!, billing);
    const isLeftOut = billed.services.length === 0 && sources.length > 1;
    const claim = isLeftOut ? undefined : await draftOf(aceso, billed, { ...billing, drafted });
    if (claim) drafted.push(claim);
    done.push({ billed, file, claim });
  }
  for (const { file, claim } of done) if (claim) await writeNewFile(io, file, jsonText(claim));
  const said = done.map(({ billed, file, claim }) => {
    const made = claim ? `\nDrafted claim ${claim.id} in ${file}: the patient acknowledges it.` : "";
    return billedText(billed, billing) + made;
  });
  const told = done.map(({ billed, file, claim }) => ({ ...(claim && { id: claim.id, file }), ...billedTold(billed) }));
  answer(context, { claims: told }, said.join("\n\n"));
}

/**
 * The claim file of a Claim that is billed.
 *
 * @throws {@link NothingToBillError} when nothing of it can be; as {@link draftClaim} does.
 */
export async function draftOf(
  aceso: Aceso,
  { source, services }: BilledSource,
  billing: Billing & { drafted?: readonly ClaimFile[] },
): Promise<ClaimFile> {
  if (services.length === 0) throw new NothingToBillError();
  const { resource } = source;
  const type = resource.resourceType === "Claim" ? typeOf(resource) : undefined;
  return draftClaim(aceso, { ...billing, services, document: resource, ...(type && { type }) });
}

type AcknowledgeOptions = OutOption & { secret: string; deadline?: Moment; dryRun?: boolean };

async function acknowledge(
  context: Context,
  path: string,
  { secret: secretFile, out, deadline, dryRun }: AcknowledgeOptions,
): Promise<void> {
  const { io } = context;
  const aceso = await signing(context);
  const filed = await claimFiled(io, aceso, path);
  const { file, id } = filed;
  requireServices(file, await readPlanSecret(io, secretFile));
  await requirePatient(aceso, file);
  const bill = billText(filed);
  if (dryRun) return answer(context, { id, lines: file.lines }, `${bill}\nNothing was signed.`);
  const signed = await fillingFile(io, out, async (fill) => {
    const message = await signAcknowledgement(aceso, {
      file,
      ...(deadline && { deadline: deadline(await now(aceso)) }),
    });
    await fill(jsonText(message));
    return message;
  });
  const { type, signer } = signed;
  answer(
    context,
    { signed: out, id, type, deadline: signed.deadline, signer },
    `${bill}\nSigned as ${signer} in ${out}, which counts until ${timeText(signed.deadline)}; the provider submits the ` +
      `claim with --acknowledgement ${out}.`,
  );
}

/** What a claim file bills, as its patient reads it before signing. */
function billText({ file, claim, ...money }: FiledClaim): string {
  const rows = file.lines.map(({ sequence, code, display = "", day, quantity }, at) => {
    return [...[sequence, code, display, day, quantity].map(plain), amountText(claim.lines[at]!.billed, money)];
  });
  const billed = claim.lines.reduce((sum, line) => sum + line.billed, 0n);
  return [
    tableOf(["line", "service", "name", "day", "quantity", "billed"], rows, "No lines."),
    `${claim.provider} bills this, ${amountText(billed, money)} in all.`,
  ].join("\n");
}

/** The escrow takes the word of the patient or a delegate for claims only, so nobody else's is worth a file. */
async function requirePatient(aceso: Aceso, { policy: { patient } }: ClaimFile): Promise<void> {
  const account = accountOf(aceso);
  if (account === patient) return;
  const mayDecide = await aceso.contracts.consents.mayDecide(patient, account, categoryMask(["claims"]));
  if (!mayDecide) throw new NotThePatientError(account, patient);
}

/** Nothing of a Claim can be billed. */
export class NothingToBillError extends AcesoError {
  override name = "NothingToBillError";
  constructor() {
    super("Nothing of the Claim can be billed.", "`aceso claim estimate` tells why, line by line.");
  }
}

/** Somebody else than the policy's patient, or a delegate, acknowledges a claim. */
export class NotThePatientError extends AcesoError {
  override name = "NotThePatientError";
  constructor(
    readonly account: Address,
    readonly patient: Address,
  ) {
    super(
      `${account} is neither the policy's patient nor a delegate for claims.`,
      `Sign with the key of the patient, ${patient}, or of a delegate whose mask has claims.`,
    );
  }
}

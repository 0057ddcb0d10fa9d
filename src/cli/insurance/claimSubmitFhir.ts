/**
 * Submitting FHIR Claims on a patient's standing consent, one after another.
 *
 * @module
 */
import type { Hex } from "../../crypto/bytes.js";
import type { ClaimFile } from "../../insurance/claimFile.js";
import { submitOnConsent, type BillingRole } from "../../insurance/submission.js";
import type { Prepared } from "../../prepare.js";
import type { Context } from "../context.js";
import { fillingFile, jsonText } from "../files.js";
import { answer, gasText } from "../output.js";
import { withProgress } from "../progress.js";
import { signing, type Session } from "../session.js";
import { UsageError } from "../usage.js";
import type { WriteOptions } from "../write.js";
import { billedSource, billingOf, requireOneClaim, type BilledSource, type Billing } from "./claimBilling.js";
import { claimsIn, pathsFor } from "./claimDocument.js";
import { draftOf, NothingToBillError } from "./claimDraft.js";
import { billedText, billedTold } from "./claimEstimate.js";
import type { BillingOptions } from "./claimOptions.js";

type FhirSubmission = WriteOptions & Partial<BillingOptions> & { consent: Hex; role?: BillingRole; out?: string };

/** A claim that was sent, or would be. */
type Done = { text: string; told: object };

/**
 * Submits each Claim of a FHIR file. When one is refused, those before it stand, and are told.
 *
 * @throws {@link UsageError}, {@link NothingToBillError} when no Claim has anything to bill; as {@link billingOf},
 * {@link billedSource} and {@link submitOnConsent} do.
 */
export async function submitOnFhir(context: Context, text: string, options: FhirSubmission): Promise<void> {
  const { policy, secret, currency, out, claim: id, dryRun } = options;
  if (policy === undefined || secret === undefined || currency === undefined || out === undefined) {
    throw new UsageError("A FHIR Claim is billed under a policy.", "Pass --policy, --secret, --currency and --out.");
  }
  const sources = claimsIn(text, id);
  requireOneClaim(sources, options);
  const aceso = await signing(context);
  const billing = await billingOf(context, aceso, { ...options, policy, secret, currency });
  const paths = pathsFor(sources, out);
  const done: Done[] = [];
  try {
    await withProgress(context, "Submitting", async (report) => {
      for (const [at, source] of sources.entries()) {
        const billed = await billedSource(aceso, source, billing);
        if (billed.services.length === 0) {
          if (sources.length === 1) throw new NothingToBillError();
          done.push({ text: billedText(billed, billing), told: billedTold(billed) });
        } else done.push(await submitOne(context, aceso, { billed, billing, path: paths[at]!, options }));
        report((at + 1) / sources.length);
      }
    });
  } finally {
    if (done.length > 0) {
      const heading = dryRun ? "Nothing was sent.\n" : "";
      answer(context, { claims: done.map(({ told }) => told) }, heading + done.map(({ text }) => text).join("\n\n"));
    }
  }
}

type One = { billed: BilledSource; billing: Billing; path: string; options: FhirSubmission };

async function submitOne(
  { io }: Context,
  aceso: Session,
  { billed, billing, path, options: { consent, role, dryRun } }: One,
): Promise<Done> {
  const file = await draftOf(aceso, billed, billing);
  const prepared = submitOnConsent(aceso, {
    file,
    consent,
    ...(role && { role }),
    preauthorizations: billing.preauthorizations,
  });
  const text = billedText(billed, billing);
  if (dryRun) {
    const gas = await prepared.estimate();
    const { to, data } = prepared;
    const told = { ...billedTold(billed), to, data, gas: Number(gas) };
    return { text: `${text}\nIt would use about ${gasText(gas)}.`, told };
  }
  const { transaction, block, gasUsed } = await keepingFile(io, path, file, prepared);
  const told = { ...billedTold(billed), id: file.id, file: path, transaction, block, gasUsed: Number(gasUsed) };
  const said = `Submitted claim ${file.id} on consent, kept in ${path}: it lapses unless the insurer accepts it.`;
  return { text: `${text}\n${said}\nTransaction ${transaction}, block ${block}, ${gasText(gasUsed)}.`, told };
}

/** Sends a claim once its file is kept, but not when it would be refused: without the file nobody can go on with it. */
async function keepingFile(io: Context["io"], path: string, file: ClaimFile, prepared: Prepared<Hex>) {
  return fillingFile(io, path, async (fill) => {
    await prepared.simulate();
    await fill(jsonText(file));
    return prepared.send();
  });
}

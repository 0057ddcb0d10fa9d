/**
 * A policy from options, or from a FHIR Coverage.
 *
 * @module
 */
import type { Command } from "commander";
import type { Coverage, Reference } from "fhir/r4.js";

import type { Aceso } from "../../aceso.js";
import type { Address } from "../../crypto/address.js";
import { utf8 } from "../../crypto/bytes.js";
import { newSalt } from "../../crypto/saltedDigest.js";
import { AcesoError } from "../../errors.js";
import { URI_SYSTEM } from "../../fhir/account.js";
import { canonicalJson } from "../../fhir/canonicalJson.js";
import { policyFromCoverage, type PolicyDraft } from "../../fhir/coverage.js";
import { parseResource } from "../../fhir/resource.js";
import type { Plan } from "../../insurance/plan.js";
import { toPolicy, type Policy } from "../../insurance/policyKey.js";
import { tokenUnits } from "../../token/amount.js";
import { address } from "../arguments.js";
import { readText } from "../files.js";
import type { Io } from "../io.js";
import { saltedDigestOf, type SaltedDigest } from "../saltedDigest.js";
import { UsageError } from "../usage.js";
import { dayAfter, firstDay } from "./arguments.js";

/** What a policy says, but for its plan. */
export type TermsOptions = {
  patient?: Address;
  holder?: Address;
  from?: number;
  to?: number;
  premium: string;
  coverage?: string;
  saltFile?: string;
};

/** A policy and, where it has a document, what its digest is made of. */
export type PolicyTerms = { policy: Policy; salted?: SaltedDigest };

type Parties = Omit<PolicyDraft, "insurer" | "plan" | "planName">;

/** Adds the options that say what a policy says. */
export function takesTerms(command: Command): Command {
  return command
    .requiredOption("--premium <amount>", "what it costs, in the plan's currency, such as 400.00")
    .option("--patient <address>", "who is insured: an account of its own for each insurer", address("--patient"))
    .option("--holder <address>", "who pays the premium (default: the patient)", address("--holder"))
    .option("--from <date>", "the first day it covers, such as 2027-01-01", firstDay)
    .option("--to <date>", "the last day it covers, such as 2027-12-31", dayAfter)
    .option("--coverage <file>", "a FHIR R4 Coverage that says these instead; its salted digest becomes the policy's")
    .option("--salt-file <file>", "with --coverage: where the digest's salt is kept (default: beside the Coverage)");
}

/**
 * The policy that options describe.
 *
 * @throws {@link UsageError} when something is missing; what {@link tokenUnits}, {@link toPolicy} and, with a Coverage,
 * {@link policyFromCoverage} and {@link saltedDigestOf} throw; {@link NotACoverageError}, {@link CoverageDiffersError}.
 */
export async function policyFor(io: Io, aceso: Aceso, plan: Plan, options: TermsOptions): Promise<PolicyTerms> {
  const premium = tokenUnits(options.premium, plan.decimals, "premium");
  if (options.coverage === undefined) {
    if (options.saltFile !== undefined) throw new UsageError("--salt-file goes with --coverage.", "Leave it out.");
    // Without a document, a random digest tells two equal policies apart.
    return { policy: toPolicy({ ...partiesIn(options), plan: plan.id, premium, document: newSalt() }) };
  }
  const coverage = coverageIn(await readText(io, options.coverage));
  const parties = partiesOf(coverage, aceso, plan, options);
  const salted = await saltedDigestOf(io, {
    path: options.coverage,
    saltFile: options.saltFile,
    document: utf8(canonicalJson(coverage)),
    form: "canonical JSON of the document",
  });
  return { policy: toPolicy({ ...parties, plan: plan.id, premium, document: salted.digest }), salted };
}

function partiesIn({ patient, holder = patient, from, to }: TermsOptions): Parties {
  if (patient === undefined || holder === undefined || from === undefined || to === undefined) {
    throw new UsageError("A policy needs a patient and its days.", "Pass --patient, --from and --to, or --coverage.");
  }
  return { patient, holder, firstDay: from, endDay: to };
}

function coverageIn(text: string): Coverage {
  const resource = parseResource(text);
  if (resource.resourceType !== "Coverage") throw new NotACoverageError(resource.resourceType);
  return resource;
}

/** What a Coverage says. Parties it does not name by account are those the options name, and the plan's insurer. */
function partiesOf(
  coverage: Coverage,
  { chainId }: Aceso,
  { id, insurer }: Plan,
  { patient, holder, from, to }: TermsOptions,
): Parties {
  const { beneficiary, policyHolder, subscriber, payor = [] } = coverage;
  const accounts = Object.fromEntries([
    ...otherwiseNamed(payor[0], insurer),
    ...otherwiseNamed(policyHolder ?? subscriber, holder ?? patient),
    ...otherwiseNamed(beneficiary, patient),
  ]);
  const draft = policyFromCoverage(coverage, { chainId, accounts });
  const differs = (said: unknown, typed: unknown): boolean =>
    said !== undefined && typed !== undefined && said !== typed;
  const differing = [
    ...(differs(draft.plan, id) ? ["plan"] : []),
    ...(differs(draft.insurer, insurer) ? ["insurer"] : []),
    ...(differs(draft.patient, patient) ? ["patient"] : []),
    ...(differs(draft.holder, holder) ? ["holder"] : []),
    ...(differs(draft.firstDay, from) || differs(draft.endDay, to) ? ["days"] : []),
  ];
  if (differing.length > 0) throw new CoverageDiffersError(differing);
  return { patient: draft.patient, holder: draft.holder, firstDay: draft.firstDay, endDay: draft.endDay };
}

function otherwiseNamed({ reference, identifier }: Reference = {}, account?: Address): [string, Address][] {
  const { system = "", value = "" } = identifier ?? {};
  const name = reference ?? (system === URI_SYSTEM ? value : `${system}|${value}`);
  return account === undefined || name.startsWith("did:pkh:") ? [] : [[name, account]];
}

/** A FHIR resource is no Coverage. */
export class NotACoverageError extends AcesoError {
  override name = "NotACoverageError";
  constructor(readonly resourceType: string) {
    super(`The resource is a ${resourceType}, not a Coverage.`, "Pass a FHIR R4 Coverage.");
  }
}

/** A FHIR Coverage says something else than the command. */
export class CoverageDiffersError extends AcesoError {
  override name = "CoverageDiffersError";
  constructor(readonly differing: readonly string[]) {
    super(
      `The Coverage says something else than the command about: ${differing.join(", ")}.`,
      "Correct the Coverage or the command: the policy is what both say.",
    );
  }
}

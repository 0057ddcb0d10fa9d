/**
 * FHIR Claims as they would be billed: their lines, what becomes of them, and what is left out.
 *
 * @module
 */
import type { Aceso } from "../../aceso.js";
import type { Address } from "../../crypto/address.js";
import type { Hex } from "../../crypto/bytes.js";
import { AcesoError } from "../../errors.js";
import { claimLines } from "../../fhir/claim.js";
import type { AppliedRule } from "../../fhir/claimRules.js";
import { requireCurrency } from "../../insurance/claimFile.js";
import { estimate, ServiceDayOutsideError, type Estimate } from "../../insurance/estimate.js";
import type { ServiceLine } from "../../insurance/line.js";
import { UnlistedServicesError } from "../../insurance/listed.js";
import type { Policy } from "../../insurance/policyKey.js";
import type { SignedPreauthorization } from "../../insurance/preauthorization.js";
import type { NotBilled } from "../../insurance/simulate.js";
import type { Context } from "../context.js";
import { accountOr } from "../session.js";
import { UsageError } from "../usage.js";
import type { ClaimSource } from "./claimDocument.js";
import { readPreauthorizations, type BillingOptions, type PreauthorizationOptions } from "./claimOptions.js";
import { readPlanSecret } from "./planSecret.js";
import { policyNamed } from "./policyFile.js";

/** Who bills, under which policy, and how. */
export type Billing = {
  policy: Policy;
  provider: Address;
  secret: Hex;
  currency: string;
  preauthorizations: readonly SignedPreauthorization[];
  leaveOut: boolean;
};

/** A Claim as it would be billed. */
export type BilledSource = {
  source: ClaimSource;
  /** What is billed; none when nothing can be. */
  services: readonly ServiceLine[];
  /** What would become of it, when anything is billed. */
  estimate?: Estimate;
  notBilled: NotBilled[];
  applied: AppliedRule[];
};

/**
 * Who bills and how, from the options.
 *
 * @throws as {@link policyNamed}, {@link readPlanSecret} and {@link readPreauthorizations} do; {@link CurrencyCodeError};
 * {@link UsageError} when the patient would bill.
 */
export async function billingOf(context: Context, aceso: Aceso, options: BillingOptions): Promise<Billing> {
  const { io } = context;
  const { currency, leaveOut = false } = options;
  requireCurrency(currency);
  const policy = await policyNamed(io, aceso, options.policy);
  const secret = await readPlanSecret(io, options.secret);
  const preauthorizations = await readPreauthorizations(io, options);
  const provider = await accountOr(context, options.provider);
  if (provider === policy.patient) {
    throw new UsageError("A patient does not bill.", "Name who does with --provider.");
  }
  return { policy, provider, secret, currency, preauthorizations, leaveOut };
}

/**
 * Checks that preauthorisations are for one claim: each must fit a line of it.
 *
 * @throws {@link UsageError}
 */
export function requireOneClaim(
  sources: readonly ClaimSource[],
  { preauthorization = [] }: PreauthorizationOptions,
): void {
  if (sources.length === 1 || preauthorization.length === 0) return;
  throw new UsageError("A preauthorisation is for one claim.", "Name the claim with --claim.");
}

/**
 * A Claim as it would be billed now.
 *
 * @throws as {@link claimLines} and {@link estimate} do; what --leave-out lists instead, only without it.
 */
export async function billedSource(aceso: Aceso, source: ClaimSource, billing: Billing): Promise<BilledSource> {
  const { currency, leaveOut } = billing;
  try {
    const { lines, unbillable, applied } = claimLines(source.resource, { context: source.context, currency });
    const listed = await listedServices(aceso, lines, billing);
    return { source, ...listed, applied, notBilled: inOrder([...unbillable, ...listed.notBilled]) };
  } catch (error) {
    if (!leaveOut || !(error instanceof AcesoError)) throw error;
    return {
      source,
      services: [],
      applied: [],
      notBilled: [{ sequence: "", reason: error.name, sentence: error.message }],
    };
  }
}

function inOrder(notBilled: NotBilled[]): NotBilled[] {
  return notBilled.sort((one, other) => one.sequence.localeCompare(other.sequence, "en", { numeric: true }));
}

type Listed = Pick<BilledSource, "services" | "estimate" | "notBilled">;

async function listedServices(aceso: Aceso, services: readonly ServiceLine[], billing: Billing): Promise<Listed> {
  if (services.length === 0) return { services, notBilled: [] };
  try {
    return { services, estimate: await estimate(aceso, { ...billing, services }), notBilled: [] };
  } catch (error) {
    const isAbout = error instanceof UnlistedServicesError || error instanceof ServiceDayOutsideError;
    if (!billing.leaveOut || !isAbout) throw error;
    const isOut = ({ sequence }: ServiceLine): boolean => error.sequences.includes(sequence);
    const kept = await listedServices(
      aceso,
      services.filter((line) => !isOut(line)),
      billing,
    );
    const why = ({ system, code, day }: ServiceLine) =>
      error instanceof UnlistedServicesError
        ? { reason: "not-listed", sentence: `The plan does not list ${system}|${code}.` }
        : { reason: "outside-policy", sentence: `The policy does not cover ${day}.` };
    const out = services.filter(isOut).map((line) => ({ sequence: line.sequence, ...why(line), amount: line.billed }));
    return { ...kept, notBilled: [...out, ...kept.notBilled] };
  }
}

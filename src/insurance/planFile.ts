/**
 * Plan files: an insurance plan as people write it, in JSON, and as `PlanRegistry` takes it.
 *
 * The plan's secret is no part of the file: a plan may be shown to everybody, its secret may not.
 *
 * @module
 */
import { toAddress, type Address } from "../crypto/address.js";
import { AcesoError } from "../errors.js";
import { jsonOf, listed, type FormProblem } from "../form/form.js";
import { tokenUnits } from "../token/amount.js";
import { problemsOf } from "./planRules.js";
import { COVERS, type Benefit, type Cover, type PlanTerms } from "./planTerms.js";
import type { Service } from "./service.js";

const DAY_SECONDS = 86_400n;

// The URI that HL7 Terminology gives HCPCS Level II.
const HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets";

/** A service and what a plan pays for it. */
export type PlannedService = Service & { display?: string; benefit: Benefit };

/** A plan as read from its file, ready to be drafted. */
export type PlanDraft = {
  name: string;
  /** The ISO 4217 code of what the token stands for. It is not on chain: claims in another are refused. */
  currency: string;
  /** The token's. */
  decimals: number;
  terms: PlanTerms;
  /** The contracted providers. */
  network: Address[];
  services: PlannedService[];
};

/** A service in a plan file. */
export type PlanFileService = Service & { display?: string } & (
    | { covered: false }
    | {
        covered: true;
        /** The most that is eligible for one unit of the service. */
        allowed: string;
        /** What the patient pays of each line first. */
        copay: string;
        /** The patient's part after copay and deductible, such as `20%` or `12.5%`. */
        coinsurance: string;
        deductibleApplies: boolean;
        needsPreauthorization: boolean;
      }
  );

/** A plan file. Amounts are decimal text in the plan's currency, windows whole days. */
export type PlanFile = {
  /** 1 to 32 printable ASCII characters; an insurer's plans differ in it. */
  name: string;
  /** The ERC-20 that premiums, reserves and benefits are in. */
  token: string;
  /** An ISO 4217 code. */
  currency: string;
  /** The token's decimals. */
  decimals: number;
  /** What the patient pays before benefits, where the deductible applies. */
  deductible: string;
  /** The most a patient pays as copay, deductible and coinsurance. */
  outOfPocketMax: string;
  /** The most the plan pays, or `none`. */
  annualLimit: string;
  /** Up to which benefit acknowledged claims are paid at once: one claim, and a policy's in all. */
  autoApprove: { claim: string; year: string };
  /** How long the insurer may take to decide (1 to 45), others to appeal (30 to 365), an arbitrator to rule (3 to 60). */
  windows: { response: number; appeal: number; ruling: number };
  /** Who rules on appeals, and who when that one is silent. Both licensed, and independent of the insurer. */
  arbitrators: { primary: string; fallback: string };
  /** What the insurer pays for a ruling. */
  rulingFee: string;
  /** How much of the reserve each live policy binds. */
  collateral: string;
  /** The contracted providers' addresses. */
  network: string[];
  benefits: PlanFileService[];
};

/**
 * Reads a plan from its file.
 *
 * @example
 * const draft = readPlanFile(await readFile("silver-2027.json", "utf8"));
 *
 * @param file the JSON text, or what it stands for: a {@link PlanFile}.
 * @throws {@link NotPlanJsonError} when a text is no JSON.
 * @throws {@link PlanFileError} with everything that is wrong, each with its place and what to do.
 */
export function readPlanFile(file: unknown): PlanDraft {
  const data = jsonOf(file);
  if (data === undefined) throw new NotPlanJsonError();
  const problems = problemsOf(data);
  if (problems.length > 0) throw new PlanFileError(problems);
  return draftOf(data as PlanFile);
}

/** A plan file to begin with. Its addresses stand for nobody: a plan that still has them is refused when published. */
export function planFileTemplate(): PlanFile {
  const someone = (digit: number): string => `0x${String(digit).repeat(40)}`;
  return {
    name: "Example Silver 2027",
    token: someone(1),
    currency: "USD",
    decimals: 6,
    deductible: "500.00",
    outOfPocketMax: "4000.00",
    annualLimit: "none",
    autoApprove: { claim: "500.00", year: "2500.00" },
    windows: { response: 15, appeal: 180, ruling: 45 },
    arbitrators: { primary: someone(2), fallback: someone(3) },
    rulingFee: "150.00",
    collateral: "250.00",
    network: [someone(4)],
    benefits: [
      {
        system: HCPCS,
        code: "G0463",
        display: "Visit to a hospital's outpatient clinic",
        covered: true,
        allowed: "120.00",
        copay: "25.00",
        coinsurance: "0%",
        deductibleApplies: false,
        needsPreauthorization: false,
      },
      {
        system: HCPCS,
        code: "E0601",
        display: "Device for positive airway pressure",
        covered: true,
        allowed: "480.00",
        copay: "0.00",
        coinsurance: "20%",
        deductibleApplies: true,
        needsPreauthorization: true,
      },
      {
        system: HCPCS,
        code: "A9300",
        display: "Exercise equipment",
        covered: false,
      },
    ],
  };
}

function draftOf(file: PlanFile): PlanDraft {
  const { name, currency, decimals, autoApprove, windows, arbitrators, annualLimit } = file;
  const units = (amount: string): bigint => tokenUnits(amount, decimals);
  return {
    name,
    currency,
    decimals,
    terms: {
      token: toAddress(file.token),
      deductible: units(file.deductible),
      outOfPocketMax: units(file.outOfPocketMax),
      annualLimit: annualLimit === "none" ? 0n : units(annualLimit),
      autoApproveClaim: units(autoApprove.claim),
      autoApproveYear: units(autoApprove.year),
      responseWindow: BigInt(windows.response) * DAY_SECONDS,
      appealWindow: BigInt(windows.appeal) * DAY_SECONDS,
      rulingWindow: BigInt(windows.ruling) * DAY_SECONDS,
      arbitrator: toAddress(arbitrators.primary),
      fallbackArbitrator: toAddress(arbitrators.fallback),
      rulingFee: units(file.rulingFee),
      collateral: units(file.collateral),
    },
    network: file.network.map(toAddress),
    services: file.benefits.map((service) => ({
      system: service.system,
      code: service.code,
      ...(service.display !== undefined && { display: service.display }),
      benefit: benefitOf(service, units),
    })),
  };
}

function benefitOf(service: PlanFileService, units: (amount: string) => bigint): Benefit {
  if (!service.covered) {
    const nothing = { allowed: 0n, copay: 0n, coinsuranceBps: 0n, deductibleApplies: false };
    return { ...nothing, cover: coverNumber("excluded"), needsPreauthorization: false };
  }
  const { allowed, copay, coinsurance, deductibleApplies, needsPreauthorization } = service;
  return {
    allowed: units(allowed),
    copay: units(copay),
    // A percentage with two decimals has as many as basis points can say.
    coinsuranceBps: tokenUnits(coinsurance.slice(0, -1), 2),
    cover: coverNumber("covered"),
    deductibleApplies,
    needsPreauthorization,
  };
}

function coverNumber(cover: Cover): bigint {
  return BigInt(COVERS.indexOf(cover));
}

/** A plan file's text is not JSON. */
export class NotPlanJsonError extends AcesoError {
  override name = "NotPlanJsonError";
  constructor() {
    super("The plan file is not JSON.", "Begin with planFileTemplate, and mind commas and quotes.");
  }
}

/** A plan file is not what a plan needs. `problems` has all that is wrong; the message lists up to 20. */
export class PlanFileError extends AcesoError {
  override name = "PlanFileError";
  constructor(readonly problems: readonly FormProblem[]) {
    super(`The plan file cannot be used: ${listed(problems, "the file")}.`, "Correct these places; nothing was sent.");
  }
}

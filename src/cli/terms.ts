/**
 * The terms of a consent, from options or a FHIR Consent, and in words.
 *
 * @module
 */
import type { Command } from "commander";
import type { Consent } from "fhir/r4.js";

import { DATA_CATEGORIES, type DataCategory } from "../consent/category.js";
import { PURPOSES, purposeDisplay, purposeParent, type Purpose } from "../consent/purpose.js";
import { explain, type Terms } from "../consent/terms.js";
import { toAddress, type Address } from "../crypto/address.js";
import { utf8 } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { accountIdentifier } from "../fhir/account.js";
import { termsOf } from "../fhir/consent.js";
import { parseResource } from "../fhir/resource.js";
import { categories, end, purposes, start, type Moment } from "./arguments.js";
import { readText } from "./files.js";
import type { Io } from "./io.js";
import { timeText } from "./output.js";
import { saltedDigestOf, type SaltedDigest } from "./saltedDigest.js";
import { UsageError } from "./usage.js";

/** The options that say what is agreed to. */
export type TermsOptions = {
  purposes?: Purpose[];
  categories?: DataCategory[];
  from?: Moment;
  until?: Moment;
  fhir?: string;
};

/** What a FHIR Consent says: its terms, its parties, and the document its policy is the digest of. */
export type FhirTerms = { terms: Terms; patient: string; grantees: string[]; policyDocument: string; path: string };

/** Adds the options that say what is agreed to. */
export function takesTerms(command: Command): Command {
  return command
    .option("--purposes <codes>", "HL7 v3-ActReason purposes of use, such as TREAT,HPAYMT", purposes)
    .option(
      "--categories <names>",
      "data categories, such as laboratory,medications; all; all-unrestricted",
      categories,
    )
    .option("--from <time>", "when it starts (default: now)", start)
    .option("--until <time>", "when it ends", end)
    .option("--fhir <file>", "take all of these from a FHIR Consent");
}

/** The terms that options say, or undefined when none of them is given. */
export function termsFromOptions({ purposes, categories, from, until }: TermsOptions, now: number): Terms | undefined {
  if (purposes === undefined && categories === undefined && from === undefined && until === undefined) return undefined;
  if (purposes === undefined || categories === undefined || until === undefined) {
    throw new UsageError("Terms need purposes, categories and an end.", "Pass --purposes, --categories and --until.");
  }
  return { purposes, categories, ...(from && { validFrom: from(now) }), validUntil: until(now) };
}

/**
 * What a FHIR Consent says.
 *
 * @throws {@link UsageError} when the options say terms, too; {@link NotAConsentError};
 * {@link ConsentNotExpressibleError}; what reading and {@link parseResource} throw.
 */
export async function fhirTerms(
  io: Io,
  { fhir: path, purposes, categories, from, until }: TermsOptions & { fhir: string },
): Promise<FhirTerms> {
  if ([purposes, categories, from, until].some((option) => option !== undefined)) {
    throw new UsageError(
      "The terms come from the Consent.",
      "Pass either --fhir, or --purposes, --categories and times.",
    );
  }
  const resource = parseResource(await readText(io, path));
  if (resource.resourceType !== "Consent") throw new NotAConsentError(resource.resourceType);
  return { ...termsOf(resource as Consent), path };
}

/** The salted digest of a FHIR Consent, in its canonical form, so that layout changes nothing. */
export async function policyOf(
  io: Io,
  { path, policyDocument }: FhirTerms,
  saltFile: string | undefined,
): Promise<SaltedDigest> {
  return saltedDigestOf(io, { path, saltFile, document: utf8(policyDocument), form: "canonical JSON of the document" });
}

/**
 * Who a FHIR Consent's grant goes to: the account named beside it, or the one it names itself.
 *
 * @throws {@link ConsentPartyError} when the Consent names other accounts; {@link UsageError} when nobody names one.
 */
export function granteeOf(fhir: FhirTerms, chainId: bigint, named: Address | undefined): Address {
  const accounts = accountsAmong(fhir.grantees, chainId);
  if (named === undefined) {
    if (accounts.length === 1 && fhir.grantees.length === 1) return accounts[0]!;
    throw new UsageError(
      "The grantee's account is not known.",
      "Pass --grantee; each recipient needs a grant of its own.",
    );
  }
  if (accounts.length === fhir.grantees.length && !accounts.includes(named)) throw new ConsentPartyError("recipients");
  return named;
}

/**
 * Checks that a FHIR Consent which names its patient by account names this one.
 *
 * @throws {@link ConsentPartyError}
 */
export function requirePatient(fhir: FhirTerms, chainId: bigint, patient: Address): void {
  const isOther = fhir.patient.startsWith("did:pkh:") && accountsAmong([fhir.patient], chainId)[0] !== patient;
  if (isOther) throw new ConsentPartyError("patient");
}

/** All that terms cover, and what they do not, in words. */
export function termsInWords(terms: Terms): string {
  const { purposes, notCovered, categories, coversRestricted, validFrom, validUntil } = explain(terms);
  const covered = purposes.map(({ code }) => code);
  const lines = purposes.map(({ code, display, because }) =>
    because === code ? `  ${code}: ${display}` : `  ${code}: ${display} (comes with ${because})`,
  );
  const families = PURPOSES.filter((code) => purposeParent(code) === undefined && !isTouched(code, covered));
  return [
    `Counts from ${validFrom ? timeText(validFrom) : "now"} until ${timeText(validUntil)}, unless revoked before.`,
    "",
    "Purposes it covers:",
    ...lines,
    "Purposes it does not cover:",
    `  ${families.map((code) => `${code} (${purposeDisplay(code)})`).join(", ") || "no other family of purposes"}`,
    ...notCovered.map(({ code, display }) => `  ${code}: ${display} (only when named)`),
    "  BTG: break the glass (never granted; emergencies have their own rules)",
    "Data it covers:",
    `  ${categories.join(", ")}`,
    "Data it does not cover:",
    `  ${DATA_CATEGORIES.filter((category) => !categories.includes(category)).join(", ") || "none"}`,
    coversRestricted
      ? "Specially protected data (mental health, substance use, reproductive health, HIV, violence) is covered."
      : "Specially protected data (mental health, substance use, reproductive health, HIV, violence) is not covered.",
  ].join("\n");
}

function isTouched(family: Purpose, covered: readonly Purpose[]): boolean {
  return covered.some((code) => code === family || ancestorOf(code) === family);
}

function ancestorOf(code: Purpose): Purpose {
  const parent = purposeParent(code);
  return parent === undefined ? code : ancestorOf(parent);
}

function accountsAmong(parties: readonly string[], chainId: bigint): Address[] {
  return parties.flatMap((party) => {
    const account = party.split(":").at(-1)!;
    const isHere = /^0x[0-9a-f]{40}$/i.test(account) && isSameParty(party, chainId, account);
    return isHere ? [toAddress(account)] : [];
  });
}

function isSameParty(party: string, chainId: bigint, account: string): boolean {
  return accountIdentifier(chainId, account as Address).value === party;
}

/** A FHIR resource is no Consent. */
export class NotAConsentError extends AcesoError {
  override name = "NotAConsentError";
  constructor(readonly resourceType: string) {
    super(`The resource is a ${resourceType}, not a Consent.`, "Pass a FHIR R4 Consent.");
  }
}

/** A FHIR Consent names other accounts than the grant would. */
export class ConsentPartyError extends AcesoError {
  override name = "ConsentPartyError";
  constructor(readonly party: "patient" | "recipients") {
    super(
      `The Consent names the account of its ${party}, and it is another one (or on another chain).`,
      party === "patient"
        ? "Sign with the patient's account, or pass --patient."
        : "Pass the recipient's account as --grantee.",
    );
  }
}

/**
 * `aceso consent grant`: from options, or from a FHIR Consent.
 *
 * @module
 */
import type { Command } from "commander";

import * as consent from "../consent/consent.js";
import type { Terms } from "../consent/terms.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { now } from "../signing.js";
import { address, word } from "./arguments.js";
import { acting, type Context } from "./context.js";
import type { Io } from "./io.js";
import { categoriesText, note, timeText } from "./output.js";
import { keepingSalt, type SaltedDigest } from "./saltedDigest.js";
import { signing, type Session } from "./session.js";
import {
  fhirTerms,
  granteeOf,
  policyOf,
  requirePatient,
  takesTerms,
  termsFromOptions,
  type FhirTerms,
  type TermsOptions,
} from "./terms.js";
import { UsageError } from "./usage.js";
import { decide, decides, type DecisionOptions } from "./write.js";

/** An account for examples. */
export const CLINIC = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

/** Between whom a consent is, and under which policy. */
export type PartyOptions = { patient?: Address; grantee?: Address; policy?: Hex };

/** Adds the verb that grants. */
export function grantVerb(domain: Command, io: Io): void {
  withParties(decides(takesTerms(domain.command("grant"))))
    .description("let a grantee use the data; replaces what stands under the same policy")
    .option("--salt-file <file>", "with --fhir: where the policy's salt is kept (default: beside the Consent)")
    .addHelpText(
      "after",
      `\nWith --fhir the policy is the salted digest of the Consent, unless --policy is given.\n
Example:
  $ aceso consent grant --grantee ${CLINIC} --purposes TREAT --categories laboratory --until 90d
  $ aceso consent grant --fhir consent.json --grantee ${CLINIC} --sign grant.json`,
    )
    .action(acting(io, grant));
}

/** Adds the options that say between whom a consent is. */
export function withParties(command: Command): Command {
  return command
    .option("--grantee <address>", "who may use the data", address("--grantee"))
    .option("--patient <address>", "whose data (default: the configured account)", address("--patient"))
    .option("--policy <digest>", "salted digest of the document agreed to (default: none)", word("--policy"));
}

type Grant = { patient: Address; grantee: Address; policy?: Hex; terms: Terms; salted?: SaltedDigest };

async function grant(
  context: Context,
  options: TermsOptions & PartyOptions & DecisionOptions & { saltFile?: string },
): Promise<void> {
  const fhir = options.fhir === undefined ? undefined : await fhirTerms(context.io, { ...options, fhir: options.fhir });
  const aceso = await signing(context);
  const patient = options.patient ?? aceso.account;
  const { salted, ...key } = fhir
    ? await fhirGrant(context, aceso, { ...options, patient, fhir })
    : await plainGrant(aceso, { ...options, patient });
  const { terms, grantee } = key;
  const kept = salted && { salt: salted.salt, saltFile: salted.saltFile };
  await decide(context, aceso, options, {
    prepare: () => keepingSalt(salted, consent.grant(aceso, key)),
    sign: async (deadline) => {
      const signed = await consent.signGrant(aceso, { ...key, ...deadline });
      await salted?.keep();
      return signed;
    },
    said: () => grantSaid(grantee, terms),
    told: () => ({ ...key, ...kept }),
    signedTold: { ...key, ...kept },
  });
  if (salted && options.dryRun === undefined) {
    note(
      context,
      `Policy ${salted.digest}\nSalt   ${salted.salt}, kept in ${salted.saltFile}: keep it with the document.`,
    );
  }
}

async function plainGrant(
  aceso: Session,
  {
    patient,
    grantee,
    policy,
    saltFile,
    ...options
  }: TermsOptions & PartyOptions & { patient: Address; saltFile?: string },
): Promise<Grant> {
  if (saltFile !== undefined) throw new UsageError("--salt-file goes with --fhir.", "Leave it out.");
  if (grantee === undefined) throw new UsageError("A grant needs a grantee.", "Pass --grantee.");
  const terms = termsFromOptions(options, await now(aceso));
  if (terms === undefined) {
    throw new UsageError("A grant needs terms.", "Pass --purposes, --categories and --until, or --fhir.");
  }
  return { patient, grantee, terms, ...(policy && { policy }) };
}

async function fhirGrant(
  { io }: Context,
  { chainId }: Session,
  { patient, grantee, policy, saltFile, fhir }: PartyOptions & { patient: Address; saltFile?: string; fhir: FhirTerms },
): Promise<Grant> {
  requirePatient(fhir, chainId, patient);
  const key = { patient, grantee: granteeOf(fhir, chainId, grantee), terms: fhir.terms };
  if (policy !== undefined) return { ...key, policy };
  const salted = await policyOf(io, fhir, saltFile);
  return { ...key, policy: salted.digest, salted };
}

function grantSaid(grantee: Address, { purposes, categories, validUntil }: Terms): string {
  return `${grantee} may use ${categoriesText(categories)} for ${purposes.join(", ")} until ${timeText(validUntil)}.`;
}

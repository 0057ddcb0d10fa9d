/**
 * Submissions: claims a patient acknowledged, claims on a standing consent, and the insurer's acceptance of those.
 *
 * @module
 */
import { roleNumber, type Role } from "../accreditation/role.js";
import type { Aceso } from "../aceso.js";
import { NO_POLICY } from "../consent/consent.js";
import type { Hex } from "../crypto/bytes.js";
import { canonicalJson } from "../fhir/canonicalJson.js";
import { AcesoError } from "../errors.js";
import type { SubmissionStruct } from "../generated/contracts/insurance/ClaimEscrow.js";
import { prepare, type Prepared } from "../prepare.js";
import { authorizationOf } from "../signing.js";
import { acknowledgementOf, type SignedAcknowledgement } from "./acknowledgement.js";
import { billedClaim, type ClaimFile } from "./claimFile.js";
import { adjudicationIn, type Adjudicated } from "./claimHistory.js";
import { claimId, type BilledClaim } from "./claimKey.js";
import { ACKNOWLEDGE } from "./messages.js";
import { policyId } from "./policyKey.js";
import { placedPreauthorizations, type SignedPreauthorization } from "./preauthorization.js";

/** The roles claims are billed in. */
export type BillingRole = Extract<Role, "Practitioner" | "Provider" | "Laboratory" | "Pharmacy">;

/** A claim as a provider presents it. */
export type Presented = {
  file: ClaimFile;
  /** As what the provider is licensed; `Provider` when not given. */
  role?: BillingRole;
  /** The insurer's promises for lines that need them. */
  preauthorizations?: readonly SignedPreauthorization[];
};

/**
 * Prepares the submission of a claim the patient acknowledged: within the plan's limits it is adjudicated and paid in the
 * same transaction, beyond them reserved until the insurer decides. Its result says which.
 *
 * @param file the connection's account is its provider, or acts for it.
 * @throws {@link AcknowledgementMismatchError} when it is another claim's; {@link SignedForElsewhereError},
 * {@link PreauthorizationUnplacedError}; as {@link billedClaim} does; on sending {@link ContractError}
 * `ProviderUnauthorized`, `PolicyUnknown`, `PolicyRanOff`, `ClaimLinesInvalid`, `QuantityInvalid`, `ServiceDayInvalid`,
 * `LineUsed`, `ServiceUnknown`, `ClaimTooLarge`, `ClaimExists`, `AcknowledgementInvalid`, `SignatureExpired`,
 * `SignatureInvalid` or `PreauthorizationInvalid`.
 */
export function submit(
  aceso: Aceso,
  { acknowledgement, ...presented }: Presented & { acknowledgement: SignedAcknowledgement },
): Prepared<Adjudicated> {
  const { escrow } = aceso.contracts;
  const claim = billedClaim(presented.file);
  const authorization = authorizationOf(aceso, escrow, ACKNOWLEDGE, acknowledgement);
  if (canonicalJson(acknowledgement.message) !== canonicalJson(acknowledgementOf(claim))) {
    throw new AcknowledgementMismatchError();
  }
  const call = [submissionOf(aceso, claim, presented), authorization, acknowledgement.signature] as const;
  return prepare(aceso, escrow, escrow.interface.encodeFunctionData("submit", [...call]), {
    after: (receipt) => adjudicationIn(aceso, receipt, claimId(claim))!,
  });
}

/**
 * Prepares the submission of a claim on the patient's standing consent. Nothing is reserved; it lapses unless the insurer
 * accepts it. Its result is the claim's id.
 *
 * @param file the connection's account is its provider, or acts for it.
 * @param consent the policy of the patient's consent to the provider for HPAYMT and claims; {@link NO_POLICY} when not
 * given.
 * @throws as {@link submit}, but on sending `ClaimUnpermitted` in place of what is about the acknowledgement.
 */
export function submitOnConsent(
  aceso: Aceso,
  { consent = NO_POLICY, ...presented }: Presented & { consent?: Hex },
): Prepared<Hex> {
  const { escrow } = aceso.contracts;
  const claim = billedClaim(presented.file);
  const call = [submissionOf(aceso, claim, presented), consent] as const;
  return prepare(aceso, escrow, escrow.interface.encodeFunctionData("submitOnConsent", [...call]), {
    after: () => claimId(claim),
  });
}

/**
 * Prepares the acceptance of a claim nobody acknowledged, as if the patient had: it is adjudicated now and paid, or decided
 * within a new response window. Its result says which.
 *
 * @param claim as it was submitted; the connection's account is its plan's insurer, or acts for it.
 * @throws {@link SignedForElsewhereError}, {@link PreauthorizationUnplacedError}; on sending {@link ContractError}
 * `InsurerUnauthorized`, `ClaimStatusInvalid`, `ClaimWindowOver` or `PreauthorizationInvalid`.
 */
export function accept(
  aceso: Aceso,
  { claim, preauthorizations = [] }: { claim: BilledClaim; preauthorizations?: readonly SignedPreauthorization[] },
): Prepared<Adjudicated> {
  const { escrow } = aceso.contracts;
  const submission = structOf(aceso, claim, claim.lines, preauthorizations);
  return prepare(aceso, escrow, escrow.interface.encodeFunctionData("accept", [submission]), {
    after: (receipt) => adjudicationIn(aceso, receipt, claimId(claim))!,
  });
}

function submissionOf(
  aceso: Aceso,
  claim: BilledClaim,
  { file, role = "Provider", preauthorizations = [] }: Presented,
): SubmissionStruct {
  const lines = claim.lines.map(({ service, day }, at) => ({ service, day, preAuthRef: file.lines[at]!.preAuthRef }));
  return { ...structOf(aceso, claim, lines, preauthorizations), role: roleNumber(role) };
}

function structOf(
  aceso: Aceso,
  claim: BilledClaim,
  lines: Parameters<typeof placedPreauthorizations>[2]["lines"],
  preauthorizations: readonly SignedPreauthorization[],
): SubmissionStruct {
  const { policy, provider, documents } = claim;
  const id = policyId(policy);
  return {
    policy,
    provider,
    role: roleNumber("Provider"),
    documents,
    lines: [...claim.lines],
    preauthorizations: placedPreauthorizations(aceso, preauthorizations, { policy: id, provider, lines }),
  };
}

/** An acknowledgement is not of this claim. */
export class AcknowledgementMismatchError extends AcesoError {
  override name = "AcknowledgementMismatchError";
  constructor() {
    super(
      "The acknowledgement is for another policy, provider, document or other lines than the claim.",
      "Submit the claim exactly as the patient signed it, or have the patient acknowledge this one.",
    );
  }
}

/**
 * Policies in files: their keys, which every step takes.
 *
 * @module
 */
import { isHexString } from "ethers";

import type { Aceso } from "../../aceso.js";
import type { Hex } from "../../crypto/bytes.js";
import { AcesoError } from "../../errors.js";
import { UnknownPolicyError } from "../../insurance/estimate.js";
import { policyFrom, policyId, policyMessage, type Policy, type PolicyMessage } from "../../insurance/policyKey.js";
import { policyOf } from "../../insurance/policyState.js";
import { jsonText, readJson } from "../files.js";
import type { Io } from "../io.js";

/** A policy as the text of its file. */
export function policyText(policy: Policy): string {
  return jsonText({ id: policyId(policy), policy: policyMessage(policy) });
}

/**
 * The policy somebody names: by its file, by the insurer's quote for it, or by its id, which the chain is asked for.
 *
 * @throws {@link UnknownPolicyError} when the chain has none of that id; {@link InputFileError} | {@link JsonFileError};
 * {@link PolicyFileError}; as {@link policyFrom} does.
 */
export async function policyNamed(io: Io, aceso: Aceso, named: string): Promise<Policy> {
  if (!isHexString(named, 32)) return readPolicy(io, named);
  const id = named.toLowerCase() as Hex;
  const found = await policyOf(aceso, id);
  if (found === undefined) throw new UnknownPolicyError(id);
  return found.policy;
}

async function readPolicy(io: Io, path: string): Promise<Policy> {
  const file = ((await readJson(io, path)) ?? {}) as {
    id?: unknown;
    policy?: unknown;
    type?: unknown;
    message?: unknown;
  };
  // A quote's message is the policy.
  const key = file.type === "Quote" ? file.message : file.policy;
  if (typeof key !== "object" || key === null) throw new PolicyFileError(path);
  const policy = policyFrom(key as PolicyMessage);
  if (file.type !== "Quote" && file.id !== policyId(policy)) throw new PolicyFileError(path);
  return policy;
}

/** A file holds no policy. */
export class PolicyFileError extends AcesoError {
  override name = "PolicyFileError";
  constructor(readonly path: string) {
    super(
      `${path} holds no policy, or one that was changed.`,
      "Pass the file that `aceso policy quote`, `issue` or `buy` wrote, or the policy's id.",
    );
  }
}

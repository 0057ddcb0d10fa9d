/**
 * Services of a plan: codes, salted with the plan's secret so that the chain does not show what was done.
 *
 * @module
 */
import { AbiCoder, hexlify, isHexString, keccak256, randomBytes } from "ethers";

import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { CODE, SYSTEM } from "../fhir/code.js";

/** A service as FHIR codes it. */
export type Service = {
  /** The code system's URI, such as `http://www.ama-assn.org/go/cpt`. */
  system: string;
  /** The code in that system, such as `99213`, exactly as the system writes it. */
  code: string;
};

const SECRET_BYTES = 32;

/**
 * A fresh secret for a plan's service keys. Who knows it can tell which services a claim is for: tell it the plan's
 * members and providers, and nobody else. Lost, no claim can be made any more.
 */
export function newPlanSecret(): Hex {
  return hexlify(randomBytes(SECRET_BYTES)) as Hex;
}

/**
 * A plan's secret in lower case.
 *
 * @throws {@link PlanSecretError} when it is not `0x` and 64 hex digits.
 */
export function toPlanSecret(secret: string): Hex {
  if (!isHexString(secret, SECRET_BYTES)) throw new PlanSecretError();
  return secret.toLowerCase() as Hex;
}

/**
 * A service's key in a plan: `keccak256(abi.encode(bytes32 secret, string system, string code))`.
 *
 * @example
 * serviceKey(secret, { system: "http://www.ama-assn.org/go/cpt", code: "99213" });
 *
 * @throws {@link PlanSecretError} when the secret is not `0x` and 64 hex digits.
 * @throws {@link ServiceCodeError} when system or code is empty or has white space FHIR does not allow, which would make
 * another key.
 */
export function serviceKey(secret: Hex, { system, code }: Service): Hex {
  if (!SYSTEM.test(system) || !CODE.test(code)) throw new ServiceCodeError();
  const values = [toPlanSecret(secret), system, code];
  return keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "string", "string"], values)) as Hex;
}

/** A plan's secret is not `0x` and 64 hex digits. */
export class PlanSecretError extends AcesoError {
  override name = "PlanSecretError";
  constructor() {
    super(
      "The plan's secret is not 0x and 64 hex digits.",
      "Pass it as newPlanSecret made it; ask the insurer for it.",
    );
  }
}

/** A service's system or code is none. */
export class ServiceCodeError extends AcesoError {
  override name = "ServiceCodeError";
  constructor() {
    super(
      "The service's system or code is empty, or has white space where FHIR allows none.",
      "Copy both as the plan's list of services writes them.",
    );
  }
}

/**
 * Finding the claim somebody names.
 *
 * @module
 */
import { isHexString } from "ethers";

import type { Aceso } from "../../aceso.js";
import type { Address } from "../../crypto/address.js";
import type { Hex } from "../../crypto/bytes.js";
import { AcesoError } from "../../errors.js";
import { ClaimUnknownError } from "../../insurance/adjudicated.js";
import { claimOf } from "../../insurance/claim.js";
import { billedClaim, parseClaimFile, type ClaimFile } from "../../insurance/claimFile.js";
import type { BilledClaim } from "../../insurance/claimKey.js";
import { tokenDecimals } from "../../token/token.js";
import type { Money } from "../amounts.js";
import { readText } from "../files.js";
import type { Io } from "../io.js";

/** A claim, and how to tell its amounts. */
export type NamedClaim = Money & {
  id: Hex;
  claim: BilledClaim;
  token: Address;
  /** What is known of it beside what the chain is told, when it was named by its file. */
  file?: ClaimFile;
};

/** A claim that was named by its file. */
export type FiledClaim = NamedClaim & { file: ClaimFile };

/**
 * The claim somebody names: by its file, or by its id, which the chain is asked for.
 *
 * @throws {@link ClaimUnknownError} when the chain has none of that id; as {@link claimFiled} does.
 */
export async function claimNamed(io: Io, aceso: Aceso, named: string): Promise<NamedClaim> {
  if (!isHexString(named, 32)) return claimFiled(io, aceso, named);
  const id = named.toLowerCase() as Hex;
  const found = await claimOf(aceso, id);
  if (found === undefined) throw new ClaimUnknownError(id);
  const { claim } = found;
  return { id, claim, ...(await tokenOf(aceso, claim)) };
}

/**
 * The claim in a file.
 *
 * @throws {@link InputFileError}; {@link NotUtf8Error}; {@link MalformedClaimFileError}; {@link CurrencyCodeError};
 * {@link ClaimDecimalsError}.
 */
export async function claimFiled(io: Io, aceso: Aceso, path: string): Promise<FiledClaim> {
  return filedClaim(aceso, parseClaimFile(await readText(io, path)));
}

/**
 * The claim in a claim file that was read.
 *
 * @throws {@link ClaimDecimalsError} when it counts with other decimals than its plan's token, which would tell other
 * amounts than are signed and paid.
 */
export async function filedClaim(aceso: Aceso, file: ClaimFile): Promise<FiledClaim> {
  const claim = billedClaim(file);
  const money = await tokenOf(aceso, claim);
  if (money.decimals !== file.decimals) throw new ClaimDecimalsError(file.decimals, money.decimals);
  return { id: file.id, claim, file, currency: file.currency, ...money };
}

async function tokenOf(aceso: Aceso, { policy }: BilledClaim): Promise<{ token: Address; decimals: number }> {
  const token = (await aceso.contracts.plans.termsOf(policy.plan)).token as Address;
  return { token, decimals: await tokenDecimals(aceso, token) };
}

/** A claim file counts with other decimals than its plan's token. */
export class ClaimDecimalsError extends AcesoError {
  override name = "ClaimDecimalsError";
  constructor(
    readonly said: number,
    readonly actual: number,
  ) {
    super(
      `The claim file counts with ${said} decimals, its plan's token with ${actual}: its amounts are not what is billed.`,
      "Do not sign it. Take the claim file from its provider again, and check the chain and the deployment.",
    );
  }
}

/**
 * Finding the token somebody names.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { Address } from "../crypto/address.js";
import { AcesoError } from "../errors.js";
import { tokenDecimals } from "../token/token.js";

/**
 * A token's decimals, which are as expected.
 *
 * @throws {@link NoTokenError} or {@link OtherDecimalsError}.
 */
export async function requireToken(
  aceso: Aceso,
  { token, decimals }: { token: Address; decimals?: number },
): Promise<number> {
  if ((await aceso.provider.getCode(token)) === "0x") throw new NoTokenError(token, aceso.chainId);
  const its = await tokenDecimals(aceso, token);
  if (decimals !== undefined && its !== decimals) throw new OtherDecimalsError(token, its, decimals);
  return its;
}

/** There is no token at an address. */
export class NoTokenError extends AcesoError {
  override name = "NoTokenError";
  constructor(
    readonly token: Address,
    chainId: bigint,
  ) {
    super(`There is no contract at ${token} on chain ${chainId}.`, "Check the token's address and --rpc.");
  }
}

/** Amounts were counted in other decimals than the token has. */
export class OtherDecimalsError extends AcesoError {
  override name = "OtherDecimalsError";
  constructor(
    readonly token: Address,
    /** The token's. */
    readonly decimals: number,
    /** The round's. */
    readonly built: number,
  ) {
    super(
      `The round was built for ${built} decimals, and the token ${token} has ${decimals}: every amount would be wrong.`,
      `Build it again with --decimals ${decimals}.`,
    );
  }
}

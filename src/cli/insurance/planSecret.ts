/**
 * Plans' secrets in files.
 *
 * @module
 */
import { isHexString } from "ethers";

import type { Hex } from "../../crypto/bytes.js";
import { AcesoError } from "../../errors.js";
import { toPlanSecret } from "../../insurance/service.js";
import { jsonText, readText } from "../files.js";
import type { Io } from "../io.js";

/**
 * A plan's secret from its file: as {@link planSecretText} writes it, or the bare 0x and 64 hex digits.
 *
 * @throws {@link InputFileError}; {@link NotUtf8Error}; {@link PlanSecretFileError}.
 */
export async function readPlanSecret(io: Io, path: string): Promise<Hex> {
  const text = (await readText(io, path)).trim();
  const secret = isHexString(text, 32) ? text : secretIn(text);
  if (!isHexString(secret, 32)) throw new PlanSecretFileError(path);
  return toPlanSecret(secret);
}

/** A plan's secret as the text of its file. */
export function planSecretText(plan: string, secret: Hex): string {
  return jsonText({ plan, secret });
}

function secretIn(text: string): unknown {
  try {
    return (JSON.parse(text) as { secret?: unknown } | null)?.secret;
  } catch {
    return undefined;
  }
}

/** A file holds no plan's secret. */
export class PlanSecretFileError extends AcesoError {
  override name = "PlanSecretFileError";
  constructor(readonly path: string) {
    super(
      `${path} holds no plan's secret.`,
      "Pass the file that `aceso plan create --secret new` wrote; ask the insurer for it.",
    );
  }
}

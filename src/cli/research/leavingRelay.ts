/**
 * Sending a withdrawal and the revocations that were signed with it, as `aceso relay` does.
 *
 * @module
 */
import type { Aceso } from "../../aceso.js";
import { revokeBySig, type RevokeMessage } from "../../consent/consent.js";
import { REVOKE } from "../../consent/messages.js";
import type { Prepared } from "../../prepare.js";
import { withdrawBySig, type WithdrawalMessage } from "../../research/enrolment.js";
import { WITHDRAW } from "../../research/messages.js";
import { ContractError } from "../../revert.js";
import type { Signed } from "../../signing.js";
import type { Context } from "../context.js";
import { answer } from "../output.js";
import { withProgress } from "../progress.js";
import { signing } from "../session.js";
import { parseSigned } from "../signedMessage.js";
import { carryOutAll } from "../steps.js";
import type { WriteOptions } from "../write.js";

const [WITHDRAWAL] = Object.keys(WITHDRAW);

/** Whether a value is meant to be what `aceso study withdraw --sign` writes. */
export function isLeaving(json: unknown): json is readonly unknown[] {
  return Array.isArray(json) && (json[0] as { type?: unknown } | null | undefined)?.type === WITHDRAWAL;
}

/**
 * Sends each message in a transaction of its own; the configured account pays. One that is refused does not keep the
 * others from being sent, so the same file can be sent again.
 *
 * @throws {@link SignedMessageTypeError}, {@link SignedMessageMalformedError}; the first {@link ContractError}.
 */
export async function relayLeaving(context: Context, json: readonly unknown[], options: WriteOptions): Promise<void> {
  const all = json.map((item) => parseSigned<unknown>(item, [{ types: WITHDRAW }, { types: REVOKE }]));
  const aceso = await signing(context, { vault: "if there" });
  const steps = all.map((signed) => ({ name: signed.type, prepared: prepared(aceso, signed) }));
  if (options.dryRun) {
    return carryOutAll(context, options, { prepare: async () => steps, said: () => "", told: () => ({}) });
  }
  const relayed: { type: string; signer: string; transaction: string }[] = [];
  const refused: ContractError[] = [];
  await withProgress(context, "Waiting for the chain", async () => {
    for (const [at, { name, prepared: call }] of steps.entries()) {
      try {
        relayed.push({ type: name, signer: all[at]!.signer, transaction: (await call.send()).transaction });
      } catch (error) {
        if (!(error instanceof ContractError)) throw error;
        refused.push(error);
      }
    }
  });
  const lines = relayed.map(
    ({ type, signer, transaction }) => `Relayed ${type}, signed by ${signer}: transaction ${transaction}.`,
  );
  if (relayed.length > 0) answer(context, { relayed }, lines.join("\n"));
  if (refused[0] !== undefined) throw refused[0];
}

function prepared(aceso: Aceso, signed: Signed<unknown>): Prepared {
  return signed.type === WITHDRAWAL
    ? withdrawBySig(aceso, signed as Signed<WithdrawalMessage>)
    : revokeBySig(aceso, signed as Signed<RevokeMessage>);
}

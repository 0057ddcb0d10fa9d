/**
 * `aceso relay`: sending what somebody else signed, and paying for it.
 *
 * @module
 */
import type { Command } from "commander";

import type { Aceso } from "../aceso.js";
import * as consent from "../consent/consent.js";
import { setDelegateBySig, type SetDelegateMessage } from "../consent/delegate.js";
import { GRANT, REVOKE, REVOKE_ALL, SET_DELEGATE } from "../consent/messages.js";
import { contestBySig, type ContestMessage } from "../emergency/emergency.js";
import { CONTEST, SET_PREFERENCE } from "../emergency/messages.js";
import { setPreferenceBySig, type SetPreferenceMessage } from "../emergency/preference.js";
import { QUOTE, TERMINATE } from "../insurance/messages.js";
import { terminateBySig, type SignedTermination } from "../insurance/policy.js";
import { publishBySig, type PublishKeyMessage } from "../keys/keys.js";
import { PUBLISH } from "../keys/messages.js";
import { ROUTE } from "../medication/messages.js";
import { routeBySig, type SignedRoute } from "../medication/route.js";
import { prepare, type Prepared } from "../prepare.js";
import { eraseBySig, type SignedErase } from "../records/erase.js";
import { ANCHOR, ERASE } from "../records/messages.js";
import { anchorBySig, type SignedAnchor } from "../records/selfAuthored.js";
import { enrol, withdrawBySig, type EnrolmentMessage, type WithdrawalMessage } from "../research/enrolment.js";
import { ENROL, WITHDRAW } from "../research/messages.js";
import { fields, type Signed } from "../signing.js";
import { acting, type Context } from "./context.js";
import { readJson } from "./files.js";
import { APPEAL_RELAY } from "./insurance/claimRelay.js";
import type { Io } from "./io.js";
import { isContributionFile } from "./research/contributionFile.js";
import { relayContributions } from "./research/contributionRelay.js";
import { isLeaving, relayLeaving } from "./research/leavingRelay.js";
import { signing } from "./session.js";
import { parseSigned, SignedMessageMalformedError, type MessageKind } from "./signedMessage.js";
import { carryOut, writes, type WriteOptions } from "./write.js";

type Relay = MessageKind & { prepare: (aceso: Aceso, signed: Signed<unknown>) => Prepared };

const RECORD_KEY = { RecordKey: fields("address patient", "address author", "bytes32 commitment") };

const ANCHORING: Relay = {
  types: { ...ANCHOR, ...RECORD_KEY },
  beside: fields("RecordKey key"),
  prepare: (aceso, signed) => anchorBySig(aceso, signed as SignedAnchor),
};

const PRESCRIPTION = {
  Prescription: fields("address patient", "address prescriber", "bytes32 product", "uint16 doses", "uint40 validUntil"),
};

// A quote's fields are the policy's, before its deadline.
const POLICY = { Policy: QUOTE["Quote"]!.slice(0, -1) };

const RELAYS: readonly Relay[] = [
  { types: GRANT, prepare: (aceso, signed) => consent.grantBySig(aceso, signed as Signed<consent.GrantMessage>) },
  { types: REVOKE, prepare: (aceso, signed) => consent.revokeBySig(aceso, signed as Signed<consent.RevokeMessage>) },
  {
    types: REVOKE_ALL,
    prepare: (aceso, signed) => consent.revokeAllBySig(aceso, signed as Signed<consent.RevokeAllMessage>),
  },
  { types: SET_DELEGATE, prepare: (aceso, signed) => setDelegateBySig(aceso, signed as Signed<SetDelegateMessage>) },
  { types: CONTEST, prepare: (aceso, signed) => contestBySig(aceso, signed as Signed<ContestMessage>) },
  {
    types: SET_PREFERENCE,
    prepare: (aceso, signed) => setPreferenceBySig(aceso, signed as Signed<SetPreferenceMessage>),
  },
  { types: PUBLISH, prepare: (aceso, signed) => publishBySig(aceso, signed as Signed<PublishKeyMessage>) },
  {
    types: { ...ERASE, ...RECORD_KEY },
    beside: fields("RecordKey[] keys"),
    prepare: (aceso, signed) => eraseBySig(aceso, signed as SignedErase),
  },
  {
    types: { ...ROUTE, ...PRESCRIPTION },
    beside: fields("Prescription prescription"),
    prepare: (aceso, signed) => routeBySig(aceso, signed as SignedRoute),
  },
  {
    types: { ...TERMINATE, ...POLICY },
    beside: fields("Policy key"),
    prepare: (aceso, signed) => terminateBySig(aceso, signed as SignedTermination),
  },
  APPEAL_RELAY,
  { types: ENROL, prepare: (aceso, signed) => enrol(aceso, signed as Signed<EnrolmentMessage>) },
  { types: WITHDRAW, prepare: (aceso, signed) => withdrawBySig(aceso, signed as Signed<WithdrawalMessage>) },
  ANCHORING,
];

/** Adds the verb that relays. */
export function relayVerb(program: Command, io: Io): void {
  writes(program.command("relay"))
    .description("send what somebody signed with --sign; the configured account pays")
    .argument("<file>", "the signed message; - for stdin")
    .addHelpText("after", "\nExample:\n  $ aceso relay grant.json --keystore relayer.json")
    .action(acting(io, relay));
}

async function relay(context: Context, file: string, options: WriteOptions): Promise<void> {
  const json = await readJson(context.io, file);
  if (isContributionFile(json)) return relayContributions(context, json, options);
  if (isLeaving(json)) return relayLeaving(context, json, options);
  if (Array.isArray(json)) return relayAnchorings(context, json, options);
  const signed = parseSigned(json, RELAYS);
  const aceso = await signing(context, { vault: "if there" });
  const { type, signer } = signed;
  const kind = RELAYS.find(({ types }) => Object.keys(types)[0] === type)!;
  await carryOut(context, options, {
    prepare: () => kind.prepare(aceso, signed),
    said: () => `Relayed ${type}, signed by ${signer}.`,
    told: () => ({ type, signer }),
  });
}

/** What a patient adds is a message a record, all anchored in one transaction or none. */
async function relayAnchorings(context: Context, json: readonly unknown[], options: WriteOptions): Promise<void> {
  const all = json.map((item) => parseSigned(item, [ANCHORING]));
  const [first] = all;
  if (first === undefined) throw new SignedMessageMalformedError("message");
  const aceso = await signing(context);
  const { records } = aceso.contracts;
  await carryOut(context, options, {
    prepare: () => {
      const calls = all.map((signed) => ANCHORING.prepare(aceso, signed).data);
      return prepare(aceso, records, records.interface.encodeFunctionData("multicall", [calls]));
    },
    said: () => `Relayed ${all.length} ${first.type}, signed by ${first.signer}.`,
    told: () => ({ type: first.type, signer: first.signer, count: all.length }),
  });
}

/**
 * Signed messages from elsewhere: checked field by field against the EIP-712 types they claim.
 *
 * @module
 */
import { isHexString, type TypedDataField } from "ethers";

import { toAddress } from "../crypto/address.js";
import { AcesoError } from "../errors.js";
import type { MessageTypes, Signed } from "../signing.js";

/** A kind of signed message: its EIP-712 types, and the fields that go beside the signed part. */
export type MessageKind = { types: MessageTypes; beside?: readonly TypedDataField[] };

// What every signed message has around its own fields. `text` and `bytes` are no EIP-712 types of ours.
const FRAME: readonly TypedDataField[] = [
  { name: "type", type: "text" },
  { name: "chainId", type: "uint256" },
  { name: "contract", type: "address" },
  { name: "signer", type: "address" },
  { name: "deadline", type: "uint40" },
  { name: "signature", type: "bytes" },
];

/**
 * A signed message of one of the kinds given, with addresses in checksummed form.
 *
 * @throws {@link SignedMessageTypeError} when its type is none of these; {@link SignedMessageMalformedError} when a
 * field is missing, not of its type, or not known.
 */
export function parseSigned<Message>(value: unknown, kinds: readonly MessageKind[]): Signed<Message> {
  const json = asMap(value, "message");
  const kind = kinds.find((candidate) => nameOf(candidate) === json["type"]);
  if (kind === undefined) throw new SignedMessageTypeError(json["type"], kinds.map(nameOf));
  const { types, beside = [] } = kind;
  const { message, ...frame } = json;
  // The deadline is signed, too, but stands in the frame.
  const fields = types[nameOf(kind)]!.filter(({ name }) => name !== "deadline");
  return {
    ...structOf(frame, [...FRAME, ...beside], types, ""),
    message: structOf(message, fields, types, "message."),
  } as Signed<Message>;
}

function nameOf({ types }: MessageKind): string {
  return Object.keys(types)[0]!;
}

function structOf(
  value: unknown,
  fields: readonly TypedDataField[],
  types: MessageTypes,
  path: string,
): Record<string, unknown> {
  const map = asMap(value, path.replace(/\.$/, "") || "message");
  const unknown = Object.keys(map).find((name) => !fields.some((field) => field.name === name));
  if (unknown !== undefined) throw new SignedMessageMalformedError(`${path}${unknown.slice(0, 64)}`);
  return Object.fromEntries(
    fields.map(({ name, type }) => [name, valueOf(map[name], { name: `${path}${name}`, type }, types)]),
  );
}

function valueOf(value: unknown, { name, type }: TypedDataField, types: MessageTypes): unknown {
  if (type.endsWith("[]")) {
    if (!Array.isArray(value)) throw new SignedMessageMalformedError(name);
    return value.map((item, i) => valueOf(item, { name: `${name}[${i}]`, type: type.slice(0, -2) }, types));
  }
  const struct = types[type];
  if (struct !== undefined) return structOf(value, struct, types, `${name}.`);
  const parsed = simpleValueOf(value, type);
  if (parsed === undefined) throw new SignedMessageMalformedError(name);
  return parsed;
}

function simpleValueOf(value: unknown, type: string): unknown {
  switch (type) {
    case "text":
      return typeof value === "string" ? value : undefined;
    case "address":
      return typeof value === "string" ? addressOrNothing(value) : undefined;
    case "bytes":
      return isHexString(value) && value.length > 2 && value.length % 2 === 0 ? value : undefined;
    case "bytes32":
      return isHexString(value, 32) ? value : undefined;
    default:
      return isUnsigned(value, Number(type.replace("uint", ""))) ? value : undefined;
  }
}

function addressOrNothing(text: string): string | undefined {
  try {
    return toAddress(text);
  } catch {
    return undefined;
  }
}

function isUnsigned(value: unknown, bits: number): value is number | string {
  const isWhole = Number.isSafeInteger(value) || (typeof value === "string" && /^\d{1,78}$/.test(value));
  return isWhole && BigInt(value as number | string) >= 0n && BigInt(value as number | string) < 1n << BigInt(bits);
}

function asMap(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null) throw new SignedMessageMalformedError(name);
  return value as Record<string, unknown>;
}

/** A signed message is of no type that fits here. */
export class SignedMessageTypeError extends AcesoError {
  override name = "SignedMessageTypeError";
  constructor(type: unknown, expected: readonly string[]) {
    super(
      `The message is a ${String(type).slice(0, 64)}, not a ${expected.join(", ")}.`,
      type === "CountersignEmergency"
        ? "The clinician passes it to `aceso emergency open --countersignature`."
        : "Pass a file that a verb wrote with --sign.",
    );
  }
}

/** A signed message lacks a field, or has one that is none. */
export class SignedMessageMalformedError extends AcesoError {
  override name = "SignedMessageMalformedError";
  constructor(readonly field: string) {
    super(
      `The signed message has no usable "${field}".`,
      "Pass the file as --sign wrote it; a changed message counts for nothing.",
    );
  }
}

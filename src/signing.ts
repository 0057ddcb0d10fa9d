/**
 * Messages an account signs and anybody relays, so that who decides needs no gas.
 *
 * @module
 */
import type { BaseContract, TypedDataField } from "ethers";

import { accountOf, signerOf, type Aceso } from "./aceso.js";
import type { Address } from "./crypto/address.js";
import type { Hex } from "./crypto/bytes.js";
import { AcesoError } from "./errors.js";

/** EIP-712 types by name; the first is the primary type. */
export type MessageTypes = Readonly<Record<string, readonly TypedDataField[]>>;

/**
 * A signed message, as plain JSON: send it to any relayer. Whole numbers over 32 bits are decimal strings.
 */
export type Signed<Message> = {
  /** The EIP-712 primary type, such as `GrantConsent`. */
  type: string;
  chainId: string;
  contract: Address;
  signer: Address;
  /** The last second the message counts, in Unix seconds. */
  deadline: number;
  message: Message;
  signature: Hex;
};

/** A contract that takes signed messages and names its domain (ERC-5267). */
type SigningContract = BaseContract & { eip712Domain: () => Promise<{ name: string; version: string }> };

/** How long a message counts when nothing else is said, in seconds. */
const LIFETIME = 60 * 60;

/** EIP-712 fields from a readable list: `fields("address patient", "uint256 deadline")`. */
export function fields(...list: string[]): TypedDataField[] {
  return list.map((field) => {
    const [type, name] = field.split(" ") as [string, string];
    return { name, type };
  });
}

/**
 * Signs a message for one of the deployment's contracts. `deadline` is added to it, an hour ahead of the chain's clock
 * when not given.
 */
export async function sign<Message extends Record<string, unknown>>(
  aceso: Aceso,
  contract: SigningContract,
  types: MessageTypes,
  message: Message,
  deadline?: number,
): Promise<Signed<Message>> {
  const until = deadline ?? (await now(aceso)) + LIFETIME;
  const address = contract.target as Address;
  const { name, version } = await contract.eip712Domain();
  const domain = { name, version, chainId: aceso.chainId, verifyingContract: address };
  const signature = await signerOf(aceso).signTypedData(domain, types as Record<string, TypedDataField[]>, {
    ...message,
    deadline: until,
  });
  return {
    type: Object.keys(types)[0]!,
    chainId: aceso.chainId.toString(),
    contract: address,
    signer: accountOf(aceso),
    deadline: until,
    message,
    signature: signature as Hex,
  };
}

/**
 * What a contract takes beside a signed message, after checking that it was signed for this contract, chain and type.
 *
 * @throws {@link SignedForElsewhereError} when it was not.
 */
export function authorizationOf(
  aceso: Aceso,
  contract: BaseContract,
  types: MessageTypes,
  signed: Signed<unknown>,
): { signer: Address; deadline: number } {
  if (signed.type !== Object.keys(types)[0]) throw new SignedForElsewhereError("message type", signed.type);
  if (signed.chainId !== aceso.chainId.toString()) throw new SignedForElsewhereError("chain", signed.chainId);
  if (signed.contract !== contract.target) throw new SignedForElsewhereError("contract", signed.contract);
  return { signer: signed.signer, deadline: signed.deadline };
}

/**
 * As {@link authorizationOf}, for messages only the account they speak of may sign: the contract takes the signer for
 * it, so a message that names another account would say what does not happen.
 *
 * @throws {@link SignedForElsewhereError}; {@link SignerMismatchError} when another account signed.
 */
export function ownAuthorizationOf(
  aceso: Aceso,
  contract: BaseContract,
  types: MessageTypes,
  signed: Signed<unknown>,
  account: Address,
): { signer: Address; deadline: number } {
  if (signed.signer !== account) throw new SignerMismatchError(signed.signer, account);
  return authorizationOf(aceso, contract, types, signed);
}

/** The chain's clock: the newest block's time, in Unix seconds. */
export async function now(aceso: Aceso): Promise<number> {
  return (await aceso.provider.getBlock("latest"))!.timestamp;
}

/** A message was signed for another chain, contract or purpose. */
export class SignedForElsewhereError extends AcesoError {
  override name = "SignedForElsewhereError";
  constructor(what: string, value: string) {
    super(
      `The message was signed for another ${what}: ${value}.`,
      "Relay it where it was signed for, or have it signed again here.",
    );
  }
}

/** A message speaks of another account than the one that signed it. */
export class SignerMismatchError extends AcesoError {
  override name = "SignerMismatchError";
  constructor(
    readonly signer: Address,
    readonly account: Address,
  ) {
    super(
      `The message speaks of ${account} but ${signer} signed it.`,
      "Do not relay it: it was changed on the way. Have the account itself sign.",
    );
  }
}

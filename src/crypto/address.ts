/**
 * Account addresses in their one checksummed form.
 *
 * @module
 */
import { getAddress } from "ethers";
import { AcesoError } from "../errors.js";

/** An account's address: `0x` and 40 hex digits, in the mixed case of EIP-55 wherever this package returns one. */
export type Address = `0x${string}`;

/**
 * The checksummed form of an address in any case.
 *
 * @throws {@link MalformedAddressError} when it is not `0x` and 40 hex digits, or mixed case with a wrong checksum.
 */
export function toAddress(address: string): Address {
  // ethers would also take ICAP text and addresses without 0x.
  if (!/^0x[0-9a-f]{40}$/i.test(address)) throw new MalformedAddressError();
  try {
    return getAddress(address) as Address;
  } catch {
    throw new MalformedAddressError();
  }
}

/** A text is no address. */
export class MalformedAddressError extends AcesoError {
  override name = "MalformedAddressError";
  constructor() {
    super(
      "The address is not 0x and 40 hex digits, or its checksum is wrong.",
      "Copy the address again; in lower case it needs no checksum.",
    );
  }
}

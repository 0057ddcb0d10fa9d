/**
 * What makes a record this record: its patient, its author, and a commitment to its categories.
 *
 * @module
 */
import { AbiCoder, keccak256 } from "ethers";

import { categoryMask, type DataCategory } from "../consent/category.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";

/** A record's key, as `RecordRegistry` takes it. */
export type RecordKey = { patient: Address; author: Address; commitment: Hex };

/** The commitment to a record's categories: the chain sees neither them nor the salt. `salt` is 32 bytes. */
export function commitmentOf(categories: readonly DataCategory[], salt: Hex): Hex {
  return hashed(["uint48", "bytes32"], [categoryMask(categories), salt]);
}

/** A record's id: the hash of its key. */
export function recordIdOf({ patient, author, commitment }: RecordKey): Hex {
  return hashed(["address", "address", "bytes32"], [patient, author, commitment]);
}

function hashed(types: string[], values: unknown[]): Hex {
  return keccak256(AbiCoder.defaultAbiCoder().encode(types, values)) as Hex;
}

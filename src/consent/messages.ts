/**
 * The EIP-712 messages of `ConsentRegistry`.
 *
 * @module
 */
import { fields, type MessageTypes } from "../signing.js";

export const GRANT: MessageTypes = {
  GrantConsent: fields(
    "address patient",
    "address grantee",
    "bytes32 policy",
    "Terms terms",
    "uint48 revision",
    "uint256 deadline",
  ),
  Terms: fields("uint80 purposes", "uint48 categories", "uint40 validFrom", "uint40 validUntil"),
};

export const REVOKE: MessageTypes = {
  RevokeConsent: fields("address patient", "address grantee", "bytes32 policy", "uint48 revision", "uint256 deadline"),
};

export const REVOKE_ALL: MessageTypes = {
  RevokeAllConsents: fields("address patient", "uint24 epoch", "uint256 deadline"),
};

export const SET_DELEGATE: MessageTypes = {
  SetDelegate: fields(
    "address patient",
    "address delegate",
    "uint40 until",
    "uint48 categories",
    "uint48 revision",
    "uint256 deadline",
  ),
};

/**
 * The EIP-712 messages of `ClaimEscrow`.
 *
 * @module
 */
import { fields, type MessageTypes } from "../signing.js";

export const ACKNOWLEDGE: MessageTypes = {
  AcknowledgeClaim: fields(
    "bytes32 policy",
    "address provider",
    "Line[] lines",
    "bytes32 documents",
    "uint256 deadline",
  ),
  Line: fields("bytes32 service", "uint24 day", "uint8 number", "uint32 quantity", "uint96 billed"),
};

export const APPEAL: MessageTypes = {
  AppealClaim: fields("bytes32 claim", "bytes32 grounds", "uint256 deadline"),
};

export const TERMINATE: MessageTypes = {
  TerminatePolicy: fields("bytes32 policy", "uint24 endDay", "uint256 deadline"),
};

export const QUOTE: MessageTypes = {
  Quote: fields(
    "bytes32 plan",
    "address patient",
    "address holder",
    "uint24 firstDay",
    "uint24 endDay",
    "uint96 premium",
    "bytes32 document",
    "uint256 deadline",
  ),
};

export const PREAUTHORIZE: MessageTypes = {
  Preauthorization: fields(
    "bytes32 policy",
    "address provider",
    "bytes32 service",
    "uint96 amount",
    "uint24 lastDay",
    "bytes32 preAuthRef",
  ),
};

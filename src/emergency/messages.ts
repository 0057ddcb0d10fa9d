/**
 * The EIP-712 messages of `EmergencyAccess`.
 *
 * @module
 */
import { fields, type MessageTypes } from "../signing.js";

export const COUNTERSIGN: MessageTypes = {
  CountersignEmergency: fields(
    "address patient",
    "address clinician",
    "uint24 version",
    "bytes32 evidence",
    "uint256 deadline",
  ),
};

export const CONTEST: MessageTypes = {
  ContestEmergency: fields("address patient", "address clinician", "uint40 openedAt", "uint256 deadline"),
};

export const SET_PREFERENCE: MessageTypes = {
  SetEmergencyPreference: fields("address patient", "uint48 categories", "uint48 revision", "uint256 deadline"),
};

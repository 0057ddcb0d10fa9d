/**
 * The EIP-712 messages of `StudyRewards`.
 *
 * @module
 */
import { fields, type MessageTypes } from "../signing.js";

export const ENROL: MessageTypes = {
  EnrolParticipant: fields("bytes32 study", "address participant", "bytes32 form", "uint256 deadline"),
};

export const WITHDRAW: MessageTypes = {
  WithdrawParticipant: fields("bytes32 study", "address participant", "uint256 deadline"),
};

/**
 * The EIP-712 messages of `RecordRegistry`.
 *
 * @module
 */
import { fields, type MessageTypes } from "../signing.js";

export const ANCHOR: MessageTypes = {
  AnchorRecord: fields("bytes32 id", "bytes32 digest", "bytes32 previous", "uint256 deadline"),
};

export const ERASE: MessageTypes = {
  EraseRecords: fields("address patient", "bytes32[] ids", "uint256 deadline"),
};

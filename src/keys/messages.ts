/**
 * The EIP-712 message of `KeyDirectory`.
 *
 * @module
 */
import { fields, type MessageTypes } from "../signing.js";

export const PUBLISH: MessageTypes = {
  PublishKey: fields("address account", "bytes32 key", "bytes32 previous", "uint256 nonce", "uint256 deadline"),
};

/**
 * The EIP-712 message of `PrescriptionRegistry`.
 *
 * @module
 */
import { fields, type MessageTypes } from "../signing.js";

export const ROUTE: MessageTypes = {
  RoutePrescription: fields("bytes32 id", "address pharmacy", "uint24 version", "uint256 deadline"),
};

// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

/// @notice A product: readable ASCII, padded with zeros. `gtin:` and 14 digits; for medical devices also `hibcc:` or
/// `iccbba:` and the device identifier (UDI-DI).
type ProductId is bytes32;

/// @notice A batch's id: the hash of its key.
type BatchId is bytes32;

/// @notice What makes a batch this batch. `lot` is ASCII, padded with zeros: at most 20 characters (GS1 AI 10).
struct Batch {
    ProductId product;
    bytes32 lot;
}

using {toId} for Batch global;
using {equals as ==} for BatchId global;

function toId(Batch memory batch) pure returns (BatchId) {
    return BatchId.wrap(keccak256(abi.encode(batch)));
}

function equals(BatchId a, BatchId b) pure returns (bool) {
    return BatchId.unwrap(a) == BatchId.unwrap(b);
}

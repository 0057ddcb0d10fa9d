// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

/// @notice What makes a record this record. `commitment` is `keccak256(abi.encode(uint48 categories, bytes32 salt))`.
struct RecordKey {
    address patient;
    address author;
    bytes32 commitment;
}

/// @notice A record's id: the hash of its key.
type RecordId is bytes32;

using {toId} for RecordKey global;

function toId(RecordKey memory key) pure returns (RecordId) {
    return RecordId.wrap(keccak256(abi.encode(key)));
}

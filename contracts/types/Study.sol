// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

/// @notice What makes a study this study.
struct StudyKey {
    /// The licensed Researcher who answers for it and pays.
    address sponsor;
    /// Its number in a public registry, ASCII padded with zeros, such as `NCT01234567`.
    bytes32 registration;
}

/// @notice A study's id: the hash of its key.
type StudyId is bytes32;

using {toId} for StudyKey global;

function toId(StudyKey calldata key) pure returns (StudyId) {
    return StudyId.wrap(keccak256(abi.encode(key)));
}

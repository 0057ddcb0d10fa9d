// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {ServiceKey} from "./Plan.sol";
import {Policy} from "./Policy.sol";

/// @notice One line of a claim.
struct Line {
    ServiceKey service;
    /// The day of the service, counted from 1970-01-01.
    uint24 day;
    /// The provider's number of the line within policy and day: each is accepted once.
    uint8 number;
    /// In thousandths of the service's unit.
    uint32 quantity;
    /// What the provider asks for the whole line, in token units.
    uint96 billed;
}

/// @notice What makes a claim this claim.
struct Claim {
    Policy policy;
    address provider;
    /// The EIP-712 hash of its lines.
    bytes32 lines;
    /// The salted digest of the claim's document, such as a FHIR Claim with its diagnoses.
    bytes32 documents;
}

/// @notice A claim's id: the hash of its key.
type ClaimId is bytes32;

using {toId} for Claim global;

bytes32 constant LINE_TYPEHASH = keccak256(
    "Line(bytes32 service,uint24 day,uint8 number,uint32 quantity,uint96 billed)"
);

function toId(Claim calldata claim) pure returns (ClaimId) {
    return ClaimId.wrap(keccak256(abi.encode(claim)));
}

/// @dev The EIP-712 hash of an array of lines, so that a wallet shows the patient each of them.
function hashLines(Line[] calldata lines) pure returns (bytes32) {
    bytes32[] memory hashes = new bytes32[](lines.length);
    for (uint256 i; i < lines.length; ++i) hashes[i] = keccak256(abi.encode(LINE_TYPEHASH, lines[i]));
    return keccak256(abi.encodePacked(hashes));
}

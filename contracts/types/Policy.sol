// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {PlanId} from "./Plan.sol";

/// @notice What makes a policy this policy; signed by the insurer it is a personal quote. Days are counted from
/// 1970-01-01, in UTC.
struct Policy {
    PlanId plan;
    /// Who is insured: an account of its own for each insurer, so that nothing links them.
    address patient;
    /// Who pays the premium and may buy: the patient, an employer, a parent.
    address holder;
    /// The first day whose services it covers.
    uint24 firstDay;
    /// The first day whose services it covers no more.
    uint24 endDay;
    /// In token units.
    uint96 premium;
    /// The salted digest of the contract's document, such as a FHIR Coverage; it also tells two equal quotes apart.
    bytes32 document;
}

/// @notice A policy's id: the hash of its key.
type PolicyId is bytes32;

using {toId} for Policy global;

function toId(Policy calldata policy) pure returns (PolicyId) {
    return PolicyId.wrap(keccak256(abi.encode(policy)));
}

/// @dev How long claims may come after a policy's end, in days.
uint24 constant RUN_OFF_DAYS = 180;

/// @dev The day of the current block, counted from 1970-01-01 in UTC.
function today() view returns (uint24) {
    // uint24 days last for 45,000 years.
    return uint24(block.timestamp / 1 days);
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

/// @notice What makes a plan this plan.
struct PlanKey {
    address insurer;
    /// What the insurer calls it: ASCII padded with zeros, or a digest of the plan's document.
    bytes32 name;
}

/// @notice A plan's id: the hash of its key.
type PlanId is bytes32;

/// @notice A service's key: `keccak256(abi.encode(bytes32 secret, string system, string code))` with the plan's secret,
/// which the insurer tells its members and contracted providers.
type ServiceKey is bytes32;

using {toId} for PlanKey global;

function toId(PlanKey memory key) pure returns (PlanId) {
    return PlanId.wrap(keccak256(abi.encode(key)));
}

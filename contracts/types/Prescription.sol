// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

/// @notice What makes a prescription this prescription. `product` is `keccak256(abi.encode(ProductId product, bytes32
/// salt))`, so that only who is told learns what was prescribed.
struct Prescription {
    /// The patient's account; one of its own for each prescription, so that nothing links them.
    address patient;
    address prescriber;
    bytes32 product;
    /// How many doses in all, in the units the prescriber and the pharmacy agree on, such as tablets or packs.
    uint16 doses;
    /// The first second it is not filled any more, in Unix seconds.
    uint40 validUntil;
}

/// @notice A prescription's id: the hash of its key.
type PrescriptionId is bytes32;

using {toId} for Prescription global;

function toId(Prescription memory prescription) pure returns (PrescriptionId) {
    return PrescriptionId.wrap(keccak256(abi.encode(prescription)));
}

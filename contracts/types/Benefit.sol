// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

/// @notice Whether a plan covers a service. The order is part of the ABI: append only.
enum Cover {
    /// The plan does not know the service: a claim for it is refused.
    Unlisted,
    Covered,
    /// The plan knows the service and does not pay for it: the patient does.
    Excluded
}

/// @notice What a plan pays for a service.
struct Benefit {
    /// The most that is eligible, in token units for one unit of the service.
    uint96 allowed;
    /// What the patient pays of each line first, in token units.
    uint96 copay;
    /// The patient's part of what is left after copay and deductible; 10,000 is all of it.
    uint16 coinsuranceBps;
    Cover cover;
    bool deductibleApplies;
    /// Whether a line lacking the insurer's signed preauthorisation pays nothing.
    bool needsPreauthorization;
}

/// @notice A benefit in one word, as it is stored: by hand, because a struct costs a read and a copy a field.
type PackedBenefit is uint256;

using {pack} for Benefit global;
using {
    unpack,
    allowed,
    copay,
    coinsuranceBps,
    cover,
    deductibleApplies,
    needsPreauthorization
} for PackedBenefit global;

function pack(Benefit memory benefit) pure returns (PackedBenefit) {
    return
        PackedBenefit.wrap(
            uint256(benefit.allowed) |
                (uint256(benefit.copay) << 96) |
                (uint256(benefit.coinsuranceBps) << 192) |
                (uint256(benefit.cover) << 208) |
                (benefit.deductibleApplies ? 1 << 216 : 0) |
                (benefit.needsPreauthorization ? 1 << 224 : 0)
        );
}

function unpack(PackedBenefit packed) pure returns (Benefit memory) {
    return
        Benefit({
            allowed: uint96(packed.allowed()),
            copay: uint96(packed.copay()),
            coinsuranceBps: uint16(packed.coinsuranceBps()),
            cover: packed.cover(),
            deductibleApplies: packed.deductibleApplies(),
            needsPreauthorization: packed.needsPreauthorization()
        });
}

function allowed(PackedBenefit packed) pure returns (uint256) {
    return uint96(PackedBenefit.unwrap(packed));
}

function copay(PackedBenefit packed) pure returns (uint256) {
    return uint96(PackedBenefit.unwrap(packed) >> 96);
}

function coinsuranceBps(PackedBenefit packed) pure returns (uint256) {
    return uint16(PackedBenefit.unwrap(packed) >> 192);
}

function cover(PackedBenefit packed) pure returns (Cover) {
    return Cover(uint8(PackedBenefit.unwrap(packed) >> 208));
}

function deductibleApplies(PackedBenefit packed) pure returns (bool) {
    return (PackedBenefit.unwrap(packed) >> 216) & 1 == 1;
}

function needsPreauthorization(PackedBenefit packed) pure returns (bool) {
    return (PackedBenefit.unwrap(packed) >> 224) & 1 == 1;
}

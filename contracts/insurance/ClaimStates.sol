// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {ClaimState, ClaimStatus} from "./interfaces/IClaims.sol";

/// @notice A claim in its two slots. The first holds the low 80 bits of benefit, out of pocket and deductible, the status and
/// the flags; the second their high 16 bits, the deadline and what is disputed.
/// @dev A claim that is paid at once and below 2^80 token units, which is nearly every one, fills the first only.
struct PackedClaim {
    uint256 first;
    uint256 second;
}

using ClaimStates for PackedClaim global;

/// @title ClaimStates
/// @notice Reads and stores claims, the same way everywhere.
library ClaimStates {
    uint256 internal constant LOW = type(uint80).max;

    /// @dev All zero when there is no such claim.
    function load(PackedClaim storage self) internal view returns (ClaimState memory state) {
        (uint256 first, uint256 second) = (self.first, self.second);
        state.benefit = uint96((first & LOW) | ((second & 0xffff) << 80));
        state.outOfPocket = uint96(((first >> 80) & LOW) | (((second >> 16) & 0xffff) << 80));
        state.deductible = uint96(((first >> 160) & LOW) | (((second >> 32) & 0xffff) << 80));
        state.status = ClaimStatus((first >> 240) & 0xff);
        state.unfunded = (first >> 248) & 1 == 1;
        state.automatic = (first >> 249) & 1 == 1;
        state.deadline = uint40(second >> 48);
        state.disputed = uint96(second >> 88);
    }

    function store(PackedClaim storage self, ClaimState memory state) internal {
        (uint256 benefit, uint256 outOfPocket, uint256 deductible) = (
            state.benefit,
            state.outOfPocket,
            state.deductible
        );
        self.first =
            (benefit & LOW) |
            ((outOfPocket & LOW) << 80) |
            ((deductible & LOW) << 160) |
            (uint256(state.status) << 240) |
            (state.unfunded ? 1 << 248 : 0) |
            (state.automatic ? 1 << 249 : 0);
        uint256 second =
            (benefit >> 80) |
                ((outOfPocket >> 80) << 16) |
                ((deductible >> 80) << 32) |
                (uint256(state.deadline) << 48) |
                (uint256(state.disputed) << 88);
        // Reading a slot is cheaper than writing what it holds.
        if (self.second != second) self.second = second;
    }
}

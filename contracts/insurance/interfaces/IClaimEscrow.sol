// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IClaims} from "./IClaims.sol";
import {IPolicies} from "./IPolicies.sol";
import {IReserves} from "./IReserves.sol";

/// @title IClaimEscrow
/// @notice Insurance policies, the reserves behind them and the claims paid from them.
interface IClaimEscrow is IClaims, IPolicies, IReserves {
    /// @notice Stops new policies; whatever stands goes on. By the admin.
    /// @dev Errors: `AccessManagedUnauthorized`, `EnforcedPause`.
    function pause() external;

    /// @notice Allows new policies again. By the admin.
    /// @dev Errors: `AccessManagedUnauthorized`, `ExpectedPause`.
    function unpause() external;
}

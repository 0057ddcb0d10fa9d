// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @notice Less arrived than was sent: tokens that take a fee are not supported.
error TokenTookFee(address token, uint256 sent, uint256 arrived);

/// @title Payments
/// @notice Takes in tokens the same way in every contract.
library Payments {
    using SafeERC20 for IERC20;

    /// @dev Takes tokens and measures that all arrived. Callers are `nonReentrant`, or a hostile token would have one
    /// transfer counted twice.
    function pull(address token, address from, uint256 amount) internal {
        if (amount == 0) return;
        uint256 held = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(from, address(this), amount);
        uint256 arrived = IERC20(token).balanceOf(address(this)) - held;
        require(arrived == amount, TokenTookFee(token, amount, arrived));
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Capped} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Capped.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title RewardToken
/// @notice A capped ERC-20 with Permit for those who reward in points rather than in money. Every contract takes any other.
contract RewardToken is ERC20Capped, ERC20Permit, AccessManaged {
    constructor(
        address authority,
        uint256 cap
    ) ERC20("Aceso Reward", "ACESO") ERC20Permit("Aceso Reward") ERC20Capped(cap) AccessManaged(authority) {}

    /// @notice Mints tokens, up to the cap. By the admin.
    /// @dev Errors: `AccessManagedUnauthorized`, `ERC20ExceededCap`.
    /// @param to Whose they are.
    /// @param amount How many, with 18 decimals.
    function mint(address to, uint256 amount) external restricted {
        _mint(to, amount);
    }

    /// @dev Both parents have one; the cap's goes first.
    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Capped) {
        super._update(from, to, value);
    }
}

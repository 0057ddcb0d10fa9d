// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title TestToken
/// @notice A plain ERC-20 of any decimals that anybody may mint: money for tests, demos and local chains.
contract TestToken is ERC20 {
    uint8 internal immutable DECIMALS;

    constructor(string memory name, string memory symbol, uint8 decimals_) ERC20(name, symbol) {
        DECIMALS = decimals_;
    }

    /// @notice Makes money out of nothing.
    /// @param to Whose it is.
    /// @param amount How much, in token units.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @notice How many decimals the token has.
    /// @return As the constructor was told.
    function decimals() public view override returns (uint8) {
        return DECIMALS;
    }
}

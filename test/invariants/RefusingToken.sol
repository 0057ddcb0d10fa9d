// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {TestToken} from "../../contracts/mocks/TestToken.sol";

/// @notice A token whose issuer stops payments to some accounts, as stablecoins' issuers do.
contract RefusingToken is TestToken {
    error PayeeRefused(address payee);

    mapping(address payee => bool) public refuses;

    constructor() TestToken("Refusing", "NO", 6) {}

    function setRefused(address payee, bool refused) external {
        refuses[payee] = refused;
    }

    function _update(address from, address to, uint256 amount) internal override {
        require(!refuses[to], PayeeRefused(to));
        super._update(from, to, amount);
    }
}

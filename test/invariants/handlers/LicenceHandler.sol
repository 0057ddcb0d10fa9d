// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IAccreditation} from "../../../contracts/accreditation/interfaces/IAccreditation.sol";
import {CustodyStore} from "../stores/CustodyStore.sol";
import {TradeWorld} from "../TradeWorld.sol";
import {TradeHandler} from "./TradeHandler.sol";

/// @notice Partners lose their licences and have them back.
contract LicenceHandler is TradeHandler {
    constructor(TradeWorld inhabited, CustodyStore custody) TradeHandler(inhabited, custody) {}

    function actions() external pure override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](3);
        selectors[0] = this.suspend.selector;
        selectors[1] = this.revoke.selector;
        selectors[2] = this.restore.selector;
    }

    function suspend(uint256 partnerSeed, uint256 rarity) external {
        if (rarity % 8 != 0) return;
        address partner = TRADE.partner(partnerSeed);
        _accreditor(abi.encodeCall(IAccreditation.suspend, (partner, TRADE.roleOf(partner))));
    }

    function revoke(uint256 partnerSeed, uint256 rarity) external {
        if (rarity % 8 != 0) return;
        address partner = TRADE.partner(partnerSeed);
        _accreditor(abi.encodeCall(IAccreditation.revoke, (partner, TRADE.roleOf(partner))));
    }

    function restore(uint256 partnerSeed) external {
        address partner = TRADE.partner(partnerSeed);
        _accreditor(abi.encodeCall(IAccreditation.accredit, (partner, TRADE.roleOf(partner), type(uint40).max)));
    }

    function _accreditor(bytes memory data) internal {
        _call(TRADE.accreditor(0), address(TRADE.ACCREDITATION()), data);
    }
}

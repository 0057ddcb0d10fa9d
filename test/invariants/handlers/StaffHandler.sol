// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IAccreditation} from "../../../contracts/accreditation/interfaces/IAccreditation.sol";
import {bound} from "../../Vm.sol";
import {ResearchWorld} from "../ResearchWorld.sol";
import {StudyStore} from "../stores/StudyStore.sol";
import {ResearchHandler} from "./ResearchHandler.sol";

/// @notice Sponsors name authors and boards their staff, and boards name sponsors, for a while.
contract StaffHandler is ResearchHandler {
    constructor(ResearchWorld inhabited, StudyStore studies) ResearchHandler(inhabited, studies) {}

    function actions() external pure override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](1);
        selectors[0] = this.hire.selector;
    }

    /// @notice For hours or days, or not any more.
    function hire(uint256 organisationSeed, uint256 memberSeed, uint256 untilSeed) external {
        bool isBoard = organisationSeed % 4 == 0;
        address organisation = isBoard ? RESEARCH.board(organisationSeed / 4) : RESEARCH.sponsor(organisationSeed / 4);
        address member = isBoard ? RESEARCH.sponsor(memberSeed) : _member(memberSeed);
        uint256 until = untilSeed % 4 == 0 ? 0 : block.timestamp + bound(untilSeed / 4, 1 hours, 5 days);

        bool succeeded = _call(
            organisation,
            address(world.ACCREDITATION()),
            abi.encodeCall(IAccreditation.setMember, (member, uint40(until)))
        );

        if (succeeded) store.hired(organisation, member, until);
    }

    function _member(uint256 seed) internal view returns (address) {
        return seed % 2 == 0 ? RESEARCH.author(seed / 2) : RESEARCH.board(seed / 2);
    }
}

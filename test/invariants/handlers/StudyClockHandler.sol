// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {StudyTerms} from "../../../contracts/research/interfaces/IStudyRegistry.sol";
import {bound, vm} from "../../Vm.sol";
import {ResearchWorld} from "../ResearchWorld.sol";
import {PayoutStore} from "../stores/PayoutStore.sol";
import {StudyStore} from "../stores/StudyStore.sol";
import {ResearchHandler} from "./ResearchHandler.sol";

/// @notice Lets time pass: by hours, to where something of a study ends, and to the end of a round.
contract StudyClockHandler is ResearchHandler {
    PayoutStore internal rounds;

    constructor(ResearchWorld inhabited, StudyStore studies, PayoutStore payouts) ResearchHandler(inhabited, studies) {
        rounds = payouts;
    }

    function actions() external pure override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](2);
        selectors[0] = this.wait.selector;
        selectors[1] = this.jumpToAnEdge.selector;
    }

    function wait(uint256 seconds_) external {
        vm.warp(block.timestamp + bound(seconds_, 1, 12 hours));
        _count(true);
    }

    /// @notice To where an approval, recruiting, crediting, what waits or a round ends or a refund begins, or a second before:
    /// the nearest of a few, so that time does not run past everything. Not often, because it takes weeks.
    function jumpToAnEdge(uint256 moment, uint256 before, uint256 rarity) external {
        if (rarity % 4 != 0) return;
        uint256 nearest = type(uint256).max;
        for (uint256 i; i < 6; ++i) {
            uint256 edge = _edge(uint256(keccak256(abi.encode(moment, i))));
            if (edge > block.timestamp + 1 && edge < nearest) nearest = edge;
        }
        bool ahead = nearest < type(uint40).max;
        if (ahead) vm.warp(nearest - (before % 2));
        _count(ahead);
    }

    function _edge(uint256 seed) internal view returns (uint256) {
        if (seed % 8 == 0 && rounds.count() != 0) return rounds.roundAt((seed / 8) % rounds.count()).expiry;
        StudyStore.Study memory study = store.studyAt((seed / 8) % RESEARCH.STUDY_COUNT());
        StudyTerms memory terms = study.terms;
        uint40[5] memory dates = [
            study.approvedUntil,
            terms.enrolUntil,
            terms.endsAt,
            terms.refundAt,
            study.proposed.endsAt
        ];
        return dates[(seed / 32) % 5];
    }
}

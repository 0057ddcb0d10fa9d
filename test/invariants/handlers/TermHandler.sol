// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {ClaimStatus} from "../../../contracts/insurance/interfaces/IClaims.sol";
import {bound, vm} from "../../Vm.sol";
import {InsuranceWorld} from "../InsuranceWorld.sol";
import {ClaimStore} from "../stores/ClaimStore.sol";
import {InsuranceHandler} from "./InsuranceHandler.sol";

/// @notice Lets time pass: by days, to where a claim's window ends, and to the end of a run-off.
contract TermHandler is InsuranceHandler {
    constructor(InsuranceWorld inhabited, ClaimStore claims) InsuranceHandler(inhabited, claims) {}

    function actions() external pure override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](3);
        selectors[0] = this.wait.selector;
        selectors[1] = this.jumpToADeadline.selector;
        selectors[2] = this.jumpToARunOff.selector;
    }

    function wait(uint256 seconds_) external {
        vm.warp(block.timestamp + bound(seconds_, 1, 1 days));
        _count(true);
    }

    /// @notice To the end of the window of a claim that waits, or a second before; of a ruling, the fallback's end, too.
    function jumpToADeadline(uint256 claimSeed, uint256 statusSeed, uint256 before) external {
        // Unacknowledged, Pending, Decided or Appealed.
        ClaimStore.Filed memory claim = store.claimAt(_pick(claimSeed, ClaimStatus(1 + (statusSeed % 4))));
        uint256 edge = claim.state.deadline;
        if (claim.state.status == ClaimStatus.Appealed && before % 4 > 1)
            edge += INSURANCE.termsOf(claim.plan).rulingWindow;
        _jump(edge, before);
    }

    /// @notice Rarely, because it takes months.
    function jumpToARunOff(uint256 policySeed, uint256 rarity, uint256 before) external {
        if (rarity % 8 != 0) return;
        uint256 endDay = store.policyAt(policySeed % store.policyCount()).endDay;
        _jump((endDay + 180) * 1 days, before);
    }

    function _jump(uint256 edge, uint256 before) internal {
        bool ahead = edge > block.timestamp + 1;
        if (ahead) vm.warp(edge - (before % 2));
        _count(ahead);
    }
}

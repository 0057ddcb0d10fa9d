// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {World} from "../World.sol";
import {Calendar} from "../stores/Calendar.sol";
import {bound, vm} from "../../Vm.sol";
import {Handler} from "./Handler.sol";

/// @notice Lets time pass.
contract ClockHandler is Handler {
    Calendar[] internal _calendars;

    constructor(World inhabited, Calendar[] memory calendars) Handler(inhabited) {
        _calendars = calendars;
    }

    function actions() external pure override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](2);
        selectors[0] = this.wait.selector;
        selectors[1] = this.jumpToAnEdge.selector;
    }

    function wait(uint256 seconds_) external {
        vm.warp(block.timestamp + bound(seconds_, 1, 90 minutes));
        _count(true);
    }

    /// @dev Off-by-one errors live where something begins or ends: there, or a second before. The nearest of a few
    /// edges, so that time does not run past everything that was granted.
    function jumpToAnEdge(uint256 calendar, uint256 moment, uint256 before, uint256 rarity) external {
        if (rarity % 2 == 0) return;
        uint256 nearest = type(uint256).max;
        for (uint256 i; i < 12; ++i) {
            uint256 edge = _calendars[calendar % _calendars.length].moment(uint256(keccak256(abi.encode(moment, i))));
            if (edge > block.timestamp + 1 && edge < nearest) nearest = edge;
        }
        bool ahead = nearest < type(uint40).max;
        if (ahead) vm.warp(nearest - (before % 2));
        _count(ahead);
    }
}

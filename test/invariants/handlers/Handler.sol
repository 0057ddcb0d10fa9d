// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {ALL_CATEGORIES, Categories} from "../../../contracts/types/Categories.sol";
import {World} from "../World.sol";
import {vm} from "../../Vm.sol";

/// @notice What a run may do: actions over seeds, bounded into the world, none of which ever reverts.
abstract contract Handler {
    World internal world;

    mapping(bytes4 action => uint256) public callsOf;

    mapping(bytes4 action => uint256) public successesOf;

    constructor(World inhabited) {
        world = inhabited;
    }

    /// @notice The actions a run chooses from. Each takes seeds only, so any words are arguments.
    function actions() external pure virtual returns (bytes4[] memory);

    function _call(address caller, address target, bytes memory data) internal returns (bool succeeded) {
        vm.prank(caller);
        (succeeded, ) = target.call(data);
        _count(succeeded);
    }

    function _count(bool succeeded) internal {
        ++callsOf[msg.sig];
        if (succeeded) ++successesOf[msg.sig];
    }

    /// @dev All categories, one of them or some, and now and then a mask with bits nobody knows.
    function _categories(uint256 seed) internal pure returns (Categories) {
        uint256 all = Categories.unwrap(ALL_CATEGORIES);
        uint256 choice = seed % 8;
        if (choice < 2) return Categories.wrap(uint48(all));
        if (choice < 4) return Categories.wrap(uint48(1 << ((seed / 8) % 21)));
        if (choice < 7) return Categories.wrap(uint48((seed / 8) & all));
        return Categories.wrap(uint48(seed / 8));
    }

    /// @dev A bit of the mask that is set, from a random place on; 0 of an empty mask.
    function _bitOf(uint256 mask, uint256 seed) internal pure returns (uint256) {
        for (uint256 i; i < 80; ++i) {
            uint256 bit = ((seed % 80) + i) % 80;
            if ((mask / 2 ** bit) % 2 == 1) return bit;
        }
        return 0;
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {ALL_CATEGORIES, Categories, UNRESTRICTED_CATEGORIES} from "../../contracts/types/Categories.sol";
import {vm} from "../Vm.sol";

contract CategoriesTest {
    uint256 internal constant RESTRICTED = 20;

    function testFuzz_AreWithinEqualsABitLoop(uint48 asked, uint48 bounds, bool narrow) external pure {
        // Two random masks are rarely one within the other, so half of the runs make them so.
        if (narrow) asked &= bounds;
        vm.assertEq(Categories.wrap(asked).areWithin(Categories.wrap(bounds)), _noneOutside(asked, bounds));
    }

    function testFuzz_AreInEqualsABitLoop(uint48 asked, uint48 covered, bool narrow) external pure {
        if (narrow) asked &= covered;
        bool expected = asked != 0 && _noneOutside(asked, covered);
        vm.assertEq(Categories.wrap(asked).areIn(Categories.wrap(covered)), expected);
    }

    function testFuzz_TheEmptySetIsWithinAnyAndCoveredByNone(uint48 mask) external pure {
        vm.assertTrue(Categories.wrap(0).areWithin(Categories.wrap(mask)));
        vm.assertFalse(Categories.wrap(0).areIn(Categories.wrap(mask)));
    }

    function testFuzz_UnionHoldsABitOfEither(uint48 a, uint48 b) external pure {
        uint256 both = Categories.unwrap(Categories.wrap(a) | Categories.wrap(b));
        for (uint256 bit; bit < 48; ++bit) vm.assertEq(_holds(both, bit), _holds(a, bit) || _holds(b, bit));
    }

    function testFuzz_AreKnownEqualsABitLoop(uint48 mask, bool narrow) external pure {
        if (narrow) mask %= 2 ** 21;
        bool known = mask != 0;
        for (uint256 bit = 21; bit < 48; ++bit) if (_holds(mask, bit)) known = false;
        vm.assertEq(Categories.wrap(mask).areKnown(), known);
    }

    function test_OnlyRestrictedIsNotUnrestricted() external pure {
        for (uint256 bit; bit < 48; ++bit) {
            vm.assertEq(_holds(Categories.unwrap(ALL_CATEGORIES), bit), bit <= RESTRICTED);
            vm.assertEq(_holds(Categories.unwrap(UNRESTRICTED_CATEGORIES), bit), bit < RESTRICTED);
        }
    }

    function _noneOutside(uint256 asked, uint256 bounds) internal pure returns (bool) {
        for (uint256 bit; bit < 48; ++bit) if (_holds(asked, bit) && !_holds(bounds, bit)) return false;
        return true;
    }

    function _holds(uint256 mask, uint256 bit) internal pure returns (bool) {
        return (mask / 2 ** bit) % 2 == 1;
    }
}

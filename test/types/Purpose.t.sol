// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {ALL_PURPOSES, BREAK_THE_GLASS, Purpose, Purposes} from "../../contracts/types/Purpose.sol";
import {vm} from "../Vm.sol";

contract PurposeTest {
    function testFuzz_IsInEqualsABitLoop(uint8 purpose, uint80 mask) external pure {
        vm.assertEq(Purpose.wrap(purpose).isIn(Purposes.wrap(mask)), _holds(mask, purpose));
    }

    function testFuzz_APurposeBeyondTheMaskIsInNone(uint8 purpose, uint80 mask) external pure {
        vm.assume(purpose >= 80);
        vm.assertFalse(Purpose.wrap(purpose).isIn(Purposes.wrap(mask)));
    }

    function testFuzz_AreKnownEqualsABitLoop(uint80 mask) external pure {
        bool known = true;
        for (uint256 bit = 62; bit < 80; ++bit) if (_holds(mask, bit)) known = false;
        vm.assertEq(Purposes.wrap(mask).areKnown(), known);
        // Few random masks have no high bit, so the lower part of each is tried, too.
        vm.assertTrue(Purposes.wrap(mask % 2 ** 62).areKnown());
    }

    function testFuzz_IsEmptyOnlyWithoutAnyBit(uint80 mask, uint8 bit) external pure {
        vm.assertEq(Purposes.wrap(mask).isEmpty(), mask == 0);
        vm.assertFalse(Purposes.wrap(uint80(1) << (bit % 80)).isEmpty());
    }

    function testFuzz_EqualsItselfOnly(uint8 a, uint8 b) external pure {
        vm.assertEq(Purpose.wrap(a) == Purpose.wrap(b), a == b);
        vm.assertTrue(Purpose.wrap(a) == Purpose.wrap(a));
    }

    function test_BreakTheGlassIsAKnownPurpose() external pure {
        vm.assertTrue(BREAK_THE_GLASS.isIn(ALL_PURPOSES));
        vm.assertTrue(ALL_PURPOSES.areKnown());
    }

    function _holds(uint256 mask, uint256 wanted) internal pure returns (bool) {
        for (uint256 bit; bit < 80; ++bit) {
            if (mask % 2 == 1 && bit == wanted) return true;
            mask /= 2;
        }
        return false;
    }
}

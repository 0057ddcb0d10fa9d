// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {FuzzSelector, vm} from "../Vm.sol";
import {Handler} from "./handlers/Handler.sol";

/// @notice A suite of invariants over what its handlers do.
abstract contract InvariantTest {
    uint256 internal constant ROUNDS = 24;

    Handler[] internal _handlers;

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](_handlers.length);
        for (uint256 i; i < targets.length; ++i) targets[i] = address(_handlers[i]);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory selectors) {
        selectors = new FuzzSelector[](_handlers.length);
        for (uint256 i; i < selectors.length; ++i) {
            selectors[i] = FuzzSelector({addr: address(_handlers[i]), selectors: _handlers[i].actions()});
        }
    }

    /// @dev Every action of every handler has its turn, round after round, until each of them has succeeded once.
    function test_EveryActionSucceeds() external {
        string memory missing = _missing();
        for (uint256 round; round < ROUNDS && bytes(missing).length != 0; ++round) {
            for (uint256 i; i < _handlers.length; ++i) {
                bytes4[] memory actions = _handlers[i].actions();
                for (uint256 j; j < actions.length; ++j) _act(_handlers[i], actions[j], round);
            }
            missing = _missing();
        }
        vm.assertEq(bytes(missing).length, 0, string.concat("never succeeded:", missing));
    }

    function _act(Handler handler, bytes4 action, uint256 round) internal {
        bytes memory seeds;
        for (uint256 i; i < 6; ++i) seeds = bytes.concat(seeds, keccak256(abi.encode(action, round, i)));
        (bool succeeded, ) = address(handler).call(bytes.concat(action, seeds));
        vm.assertTrue(succeeded, "a handler reverted");
    }

    function _missing() internal view returns (string memory selectors) {
        for (uint256 i; i < _handlers.length; ++i) {
            bytes4[] memory actions = _handlers[i].actions();
            for (uint256 j; j < actions.length; ++j) {
                if (_handlers[i].successesOf(actions[j]) != 0) continue;
                string memory calls = vm.toString(_handlers[i].callsOf(actions[j]));
                selectors = string.concat(selectors, " ", vm.toString(abi.encodePacked(actions[j])), " of ", calls);
            }
        }
    }
}

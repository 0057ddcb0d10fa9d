// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IKeyDirectory} from "../../contracts/records/interfaces/IKeyDirectory.sol";
import {KeyDirectory} from "../../contracts/records/KeyDirectory.sol";
import {Authorization, SignatureInvalid} from "../../contracts/types/Authorization.sol";
import {Messages} from "../invariants/Messages.sol";
import {World} from "../invariants/World.sol";
import {slotsWritten, vm} from "../Vm.sol";

contract KeyDirectoryTest {
    World internal world;
    KeyDirectory internal keys;
    address internal patient;

    function setUp() external {
        world = new World(address(this));
        keys = world.KEYS();
        patient = world.patient(0);
    }

    function testFuzz_AnAccountPublishesItsOwnKeyInOneSlot(address account, address other, bytes32 key) external {
        vm.assume(account != other && key != 0);
        vm.record();

        vm.prank(account);
        keys.publish(key);

        vm.assertEq(keys.keyOf(account), key);
        vm.assertEq(keys.keyOf(other), 0);
        vm.assertEq(slotsWritten(address(keys)), 1);
    }

    function testFuzz_APublishSignatureIsOverEveryField(
        bytes32 key,
        bytes32 previous,
        uint40 life,
        uint256 field
    ) external {
        vm.assume(uint256(key) > 1 && uint256(previous) > 1);
        _publish(previous);
        uint256 deadline = block.timestamp + life;
        bytes memory signature = world.sign(
            patient,
            Messages.publish(address(keys), patient, key, previous, 0, deadline)
        );
        KeyDirectory directory = keys;
        field %= 7;
        if (field == 1) _publish(previous ^ bytes32(uint256(1)));
        if (field == 2) {
            vm.prank(world.patient(1));
            keys.publish(previous);
        }
        if (field == 4) vm.chainId(block.chainid + 1);
        if (field == 5) {
            directory = new KeyDirectory();
            vm.prank(patient);
            directory.publish(previous);
        }

        bytes memory changed = abi.encodeCall(
            IKeyDirectory.publishBySig,
            (
                field == 0 ? key ^ bytes32(uint256(1)) : key,
                field == 1 ? previous ^ bytes32(uint256(1)) : previous,
                Authorization(field == 2 ? world.patient(1) : patient, field == 3 ? deadline + 1 : deadline),
                signature
            )
        );

        vm.assertEq(_refusal(address(directory), changed), field == 6 ? bytes4(0) : SignatureInvalid.selector);
        if (field == 6) vm.assertEq(keys.keyOf(patient), key);
    }

    function testFuzz_AKeyPublishedSinceStalesTheMessage(bytes32 key, bytes32 previous, bytes32 since) external {
        vm.assume(key != 0 && since != 0 && since != previous);
        if (previous != 0) _publish(previous);
        bytes memory signature = world.sign(
            patient,
            Messages.publish(address(keys), patient, key, previous, 0, type(uint256).max)
        );

        _publish(since);

        vm.expectRevert(abi.encodeWithSelector(IKeyDirectory.KeyStale.selector, previous, since));
        keys.publishBySig(key, previous, Authorization(patient, type(uint256).max), signature);
    }

    function testFuzz_ARelayedMessageNeverCountsAgain(bytes32 key, bytes32 previous) external {
        vm.assume(key != 0 && previous != 0);
        _publish(previous);
        bytes memory signature = world.sign(
            patient,
            Messages.publish(address(keys), patient, key, previous, 0, type(uint256).max)
        );
        keys.publishBySig(key, previous, Authorization(patient, type(uint256).max), signature);

        // The key it replaced is back.
        _publish(previous);

        vm.expectRevert(abi.encodeWithSelector(SignatureInvalid.selector, patient));
        keys.publishBySig(key, previous, Authorization(patient, type(uint256).max), signature);
    }

    function _publish(bytes32 key) internal {
        vm.prank(patient);
        keys.publish(key);
    }

    /// @dev The error a call ends in; zero when it succeeds.
    function _refusal(address target, bytes memory data) internal returns (bytes4) {
        (bool succeeded, bytes memory result) = target.call(data);
        return succeeded ? bytes4(0) : bytes4(result);
    }
}

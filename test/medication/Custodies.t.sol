// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {BatchStates, PackedBatch} from "../../contracts/medication/BatchStates.sol";
import {Custodies, PackedCustody} from "../../contracts/medication/Custodies.sol";
import {BatchState, RecallClass, RecallDepth, RecallStatus} from "../../contracts/medication/interfaces/IBatches.sol";
import {Authority, Condition, Custody, Status} from "../../contracts/medication/interfaces/ICustody.sol";
import {BatchId} from "../../contracts/types/Batch.sol";
import {ItemId} from "../../contracts/types/Item.sol";
import {around, vm} from "../Vm.sol";

/// @notice What is packed by hand comes out as it went in, each field by itself.
contract CustodiesTest {
    using Custodies for mapping(ItemId item => PackedCustody);
    using BatchStates for mapping(BatchId id => PackedBatch);

    mapping(ItemId item => PackedCustody) internal _custodies;

    mapping(BatchId id => PackedBatch) internal _batches;

    function testFuzz_CustodyComesOutAsItWentIn(uint256 seed, address holder, uint40 since) external {
        Custody memory custody = _custody(seed, holder, since);

        _custodies.set(ItemId.wrap(0), custody);

        _assertSame(_custodies.load(ItemId.wrap(0)), custody);
        PackedCustody packed = _custodies[ItemId.wrap(0)];
        vm.assertEq(packed.holder(), custody.holder);
        vm.assertEq(uint8(packed.status()), uint8(custody.status));
        vm.assertEq(uint8(packed.condition()), uint8(custody.condition));
    }

    function testFuzz_MovingAnItemKeepsWhatIsKnownOfIt(
        uint256 seed,
        address holder,
        uint40 since,
        uint40 now_,
        address to
    ) external {
        Custody memory custody = _custody(seed, holder, since);
        _custodies.set(ItemId.wrap(0), custody);
        vm.warp(now_);

        _custodies[ItemId.wrap(0)] = _custodies[ItemId.wrap(0)].moved(Status(seed % 7), to);

        (custody.status, custody.holder, custody.since) = (Status(seed % 7), to, now_);
        _assertSame(_custodies.load(ItemId.wrap(0)), custody);
    }

    function testFuzz_OpeningAnItemChangesItsStatusOnly(uint256 seed, address holder, uint40 since) external {
        Custody memory custody = _custody(seed, holder, since);
        _custodies.set(ItemId.wrap(0), custody);

        _custodies[ItemId.wrap(0)] = _custodies[ItemId.wrap(0)].opened();

        custody.status = Status.Opened;
        _assertSame(_custodies.load(ItemId.wrap(0)), custody);
    }

    function testFuzz_BatchComesOutAsItWentIn(
        address manufacturer,
        uint24 units,
        uint40 expiry,
        uint256 seed
    ) external {
        BatchState memory state = BatchState({
            manufacturer: manufacturer,
            units: units,
            expiry: expiry,
            recall: RecallStatus(seed % 3),
            recallClass: RecallClass((seed >> 8) % 4),
            recallDepth: RecallDepth((seed >> 16) % 3),
            held: (seed >> 24) % 2 == 1,
            prescriptionOnly: (seed >> 32) % 2 == 1
        });

        _batches.set(BatchId.wrap(0), state);

        vm.assertEq(keccak256(abi.encode(_batches.load(BatchId.wrap(0)))), keccak256(abi.encode(state)));
        PackedBatch packed = _batches[BatchId.wrap(0)];
        vm.assertEq(packed.manufacturer(), manufacturer);
        vm.assertEq(packed.expiry(), expiry);
        vm.assertEq(packed.isRecalled(), state.recall != RecallStatus.None);
        vm.assertEq(packed.isHeld(), state.held);
        vm.assertEq(packed.isPrescriptionOnly(), state.prescriptionOnly);
    }

    function testFuzz_ABatchIsSafeOnlyWithNothingAgainstIt(
        address manufacturer,
        uint40 expiry,
        uint256 timeSeed,
        uint8 shape
    ) external {
        vm.warp(around(expiry, timeSeed));
        RecallStatus recall = RecallStatus(shape % 3);
        bool held = (shape / 4) % 4 == 3;
        _batches.set(
            BatchId.wrap(0),
            BatchState(manufacturer, 1, expiry, recall, RecallClass.I, RecallDepth.Consumer, held, shape % 2 == 0)
        );

        bool safe = recall == RecallStatus.None && !held && block.timestamp < expiry;
        vm.assertEq(_batches[BatchId.wrap(0)].isSafe(), safe);
    }

    function _custody(uint256 seed, address holder, uint40 since) internal pure returns (Custody memory) {
        return
            Custody({
                holder: holder,
                status: Status((seed >> 8) % 7),
                condition: Condition((seed >> 16) % 4),
                heldBy: Authority((seed >> 24) % 4),
                height: uint8(seed >> 32),
                items: uint24(seed >> 40),
                since: since
            });
    }

    function _assertSame(Custody memory left, Custody memory right) internal pure {
        vm.assertEq(keccak256(abi.encode(left)), keccak256(abi.encode(right)));
    }
}

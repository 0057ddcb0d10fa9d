// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";

import {Custodies, PackedCustody} from "../../contracts/medication/Custodies.sol";
import {Authority, Condition, Custody, ICustody, Status} from "../../contracts/medication/interfaces/ICustody.sol";
import {Packaging} from "../../contracts/medication/Packaging.sol";
import {BatchId} from "../../contracts/types/Batch.sol";
import {ItemId, Parcel} from "../../contracts/types/Item.sol";
import {bound, vm} from "../Vm.sol";

contract PackagingTest {
    using BitMaps for BitMaps.BitMap;
    using Custodies for mapping(ItemId item => PackedCustody);

    BatchId internal constant BATCH = BatchId.wrap("batch");

    mapping(ItemId item => PackedCustody) internal _custodies;

    BitMaps.BitMap internal _dispensed;

    function testFuzz_PartsAddUpAndAreTheSameInAllElse(uint24 first, uint24 count, uint256 seed) external {
        count = uint24(bound(count, 2, type(uint24).max));
        first = uint24(bound(first, 0, type(uint24).max - count));
        Parcel memory whole = Parcel(BATCH, first, count);
        Custody memory custody = Custody({
            holder: address(this),
            status: Status.InCustody,
            condition: Condition(seed % 4),
            heldBy: Authority((seed / 4) % 4),
            height: 0,
            items: 0,
            since: uint40(seed / 16)
        });
        _custodies.set(_id(whole), custody);
        uint24[] memory counts = _counts(count, seed);

        Packaging.split(_custodies, _dispensed, whole, counts);

        vm.assertEq(PackedCustody.unwrap(_custodies[_id(whole)]), 0);
        uint24 sum;
        for (uint256 i; i < counts.length; ++i) {
            Custody memory part = _custodies.load(_id(Parcel(BATCH, first + sum, counts[i])));
            vm.assertEq(keccak256(abi.encode(part)), keccak256(abi.encode(custody)));
            sum += counts[i];
        }
        vm.assertEq(sum, count);
    }

    function testFuzz_NoSplitThatDoesNotAddUp(uint24 count, uint256 seed, uint24 wrong, uint256 place) external {
        count = uint24(bound(count, 2, type(uint24).max));
        Parcel memory whole = Parcel(BATCH, 0, count);
        _hold(whole, Status.InCustody);
        uint24[] memory counts = _counts(count, seed);
        place %= counts.length;
        vm.assume(wrong != counts[place]);
        counts[place] = wrong;

        vm.expectPartialRevert(ICustody.SplitInvalid.selector);
        Packaging.split(_custodies, _dispensed, whole, counts);
    }

    function testFuzz_APartIsOpenedExactlyWhenUnitsOfItAreDispensed(
        uint24 first,
        uint16 count,
        uint256 seed,
        uint256[4] calldata units
    ) external {
        // Around the borders of the bitmap's words, and around the end of what there can be.
        count = uint16(bound(count, 2, 800));
        first = seed % 4 == 0 ? type(uint24).max - count : uint24(bound(first, 0, 700));
        Parcel memory whole = Parcel(BATCH, first, count);
        uint24[] memory counts = _counts(count, seed / 4);
        // Some are dispensed: at the edges of the parts, where off-by-one errors are, beyond them, or anywhere.
        for (uint256 i; i < 4; ++i) {
            uint256 edge = first;
            for (uint256 j; j < (units[i] / 8) % counts.length; ++j) edge += counts[j];
            if (units[i] % 4 == 0 && edge > 0) _dispensed.set(edge - 1);
            if (units[i] % 4 == 1) _dispensed.set(edge);
            if (units[i] % 4 == 2) _dispensed.set(uint256(first) + ((units[i] / 32) % (uint256(count) + 300)));
        }
        bool opened = units[0] % 16 != 7;
        _hold(whole, opened ? Status.Opened : Status.InCustody);

        Packaging.split(_custodies, _dispensed, whole, counts);

        for (uint256 i; i < counts.length; ++i) {
            bool touched;
            for (uint256 number = first; number < uint256(first) + counts[i]; ++number) {
                touched = touched || _dispensed.get(number);
            }
            Status status = _custodies.load(_id(Parcel(BATCH, first, counts[i]))).status;
            vm.assertEq(uint8(status), uint8(opened && touched ? Status.Opened : Status.InCustody));
            first += counts[i];
        }
    }

    function testFuzz_APartTooLargeToInspectStaysOpened(uint24 count, uint24 rest) external {
        rest = uint24(bound(rest, 1, 65_536));
        count = uint24(bound(count, 65_537, type(uint24).max - rest));
        Parcel memory whole = Parcel(BATCH, 0, count + rest);
        _hold(whole, Status.Opened);
        uint24[] memory counts = new uint24[](2);
        (counts[0], counts[1]) = (count, rest);

        Packaging.split(_custodies, _dispensed, whole, counts);

        vm.assertEq(uint8(_custodies.load(_id(Parcel(BATCH, 0, count))).status), uint8(Status.Opened));
        vm.assertEq(uint8(_custodies.load(_id(Parcel(BATCH, count, rest))).status), uint8(Status.InCustody));
    }

    function _hold(Parcel memory parcel, Status status) internal {
        Custody memory custody = Custodies.inCustodyOf(address(this));
        custody.status = status;
        _custodies.set(_id(parcel), custody);
    }

    /// @dev Two to six parts that add up.
    function _counts(uint24 count, uint256 seed) internal pure returns (uint24[] memory counts) {
        uint256 parts = bound(seed % 8, 2, count < 6 ? count : 6);
        counts = new uint24[](parts);
        uint24 left = count;
        for (uint256 i; i + 1 < parts; ++i) {
            counts[i] = uint24(1 + (uint256(keccak256(abi.encode(seed, i))) % (left - (parts - i - 1))));
            left -= counts[i];
        }
        counts[parts - 1] = left;
    }

    function _id(Parcel memory parcel) internal pure returns (ItemId) {
        return ItemId.wrap(bytes20(keccak256(abi.encode(parcel))));
    }
}

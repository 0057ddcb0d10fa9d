// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Accreditation} from "../../contracts/accreditation/Accreditation.sol";
import {BatchStates, PackedBatch} from "../../contracts/medication/BatchStates.sol";
import {Conditions} from "../../contracts/medication/Conditions.sol";
import {Custodies, PackedCustody} from "../../contracts/medication/Custodies.sol";
import {BatchState} from "../../contracts/medication/interfaces/IBatches.sol";
import {Authority, Condition, Custody, Party, Reason, Status} from "../../contracts/medication/interfaces/ICustody.sol";
import {BatchId} from "../../contracts/types/Batch.sol";
import {ItemId, Items, Parcel} from "../../contracts/types/Item.sol";
import {Role} from "../../contracts/types/Role.sol";
import {vm} from "../Vm.sol";

contract ConditionsTest {
    using BatchStates for mapping(BatchId id => PackedBatch);
    using Custodies for mapping(ItemId item => PackedCustody);

    /// @dev From each condition, a row each, to each: never, by the `=` same authority or a regulator, a `+` higher one
    /// only, or the same or a `^` higher one.
    string[4] internal TRANSITIONS = [
        "-^^-", // Sound
        "=+^-", // OnHold
        "=-+^", // Suspect
        "---+" // Illegitimate
    ];

    Accreditation internal accreditation;

    Items internal _items;

    ItemId internal item;

    mapping(ItemId item => PackedCustody) internal _custodies;

    mapping(BatchId id => PackedBatch) internal _batches;

    /// @dev This contract is everything at once: holder, manufacturer and regulator.
    function setUp() external {
        accreditation = new Accreditation(address(this));
        accreditation.setAccreditor(Role.Regulator, address(this), true);
        accreditation.accredit(address(this), Role.Regulator, type(uint40).max);
        BatchState memory state;
        (state.manufacturer, state.units) = (address(this), 1);
        _batches.set(BatchId.wrap(0), state);
        Parcel memory parcel = Parcel(BatchId.wrap(0), 0, 1);
        _items.parcels.push(parcel);
        item = ItemId.wrap(bytes20(keccak256(abi.encode(parcel))));
    }

    /// @notice The manager of accreditation: the caller may do everything.
    function canCall(address, address, bytes4) external pure returns (bool, uint32) {
        return (true, 0);
    }

    function test_EveryTransitionIsAsTheTableSays() external {
        for (uint256 from; from < 4; ++from) {
            for (uint256 to; to < 4; ++to) {
                for (uint256 heldBy = from == 0 ? 0 : 1; heldBy < (from == 0 ? 1 : 4); ++heldBy) {
                    for (uint256 authority = 1; authority < 4; ++authority) _checkChange(from, to, heldBy, authority);
                }
            }
        }
    }

    function test_NobodyJudgesWhatIsPackedDestroyedOrNowhere() external {
        for (uint256 status; status < 7; ++status) {
            for (uint256 authority; authority < 4; ++authority) {
                _put(Status(status), Condition.Sound, Authority.None);
                bool there = status != 0 && Status(status) != Status.Packed && Status(status) != Status.Destroyed;
                // In transit it is nobody's to judge as holder; with no authority, nobody's at all.
                bool entitled = authority > 1 || (authority == 1 && Status(status) != Status.InTransit);
                vm.assertEq(_set(Condition.OnHold, Authority(authority)), there && entitled);
            }
        }
    }

    function testFuzz_OnlyWhoHasTheAuthority(address holder, address manufacturer, address other) external {
        vm.assume(holder != address(this) && manufacturer != address(this) && other != address(this));
        BatchState memory state;
        (state.manufacturer, state.units) = (manufacturer, 1);
        _batches.set(BatchId.wrap(0), state);
        _put(Status.InCustody, Condition.Sound, Authority.None);
        Custody memory custody = _custodies.load(item);
        custody.holder = holder;
        _custodies.set(item, custody);

        vm.assertFalse(_set(Condition.OnHold, Authority.Holder));
        vm.assertFalse(_set(Condition.OnHold, Authority.Manufacturer));
        accreditation.revoke(address(this), Role.Regulator);
        vm.assertFalse(_set(Condition.OnHold, Authority.Regulator));
        vm.assertEq(_setAs(other, Condition.OnHold, Authority.Holder), other == holder);
        vm.assertEq(_setAs(manufacturer, Condition.Suspect, Authority.Manufacturer), true);
        vm.assertFalse(_setAs(other, Condition.Suspect, Authority.Regulator));
    }

    /// @notice Called from outside, so that the caller is whom `Conditions` sees.
    function setCondition(Items calldata items, Party calldata by, Condition condition) external {
        Conditions.setCondition(_custodies, _batches, accreditation, items, by, condition, Reason.Other, 0);
    }

    function _checkChange(uint256 from, uint256 to, uint256 heldBy, uint256 authority) internal {
        _put(Status.InCustody, Condition(from), Authority(heldBy));
        bytes1 rule = bytes(TRANSITIONS[from])[to];
        bool allowed =
            (rule == "=" && (authority == heldBy || authority == uint8(Authority.Regulator))) ||
                (rule == "+" && authority > heldBy) ||
                (rule == "^" && authority >= heldBy);

        vm.assertEq(_set(Condition(to), Authority(authority)), allowed);

        Custody memory custody = _custodies.load(item);
        vm.assertEq(uint8(custody.condition), allowed ? to : from);
        vm.assertEq(uint8(custody.heldBy), allowed ? (to == 0 ? 0 : authority) : heldBy);
    }

    function _put(Status status, Condition condition, Authority heldBy) internal {
        _custodies.set(item, Custody(address(this), status, condition, heldBy, 0, 0, 0));
    }

    function _set(Condition condition, Authority authority) internal returns (bool) {
        return _setAs(address(this), condition, authority);
    }

    function _setAs(address organisation, Condition condition, Authority authority) internal returns (bool succeeded) {
        bytes memory data = abi.encodeCall(this.setCondition, (_items, Party(organisation, authority), condition));
        vm.prank(organisation);
        (succeeded, ) = address(this).call(data);
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {BatchLedger} from "../../contracts/medication/BatchLedger.sol";
import {Unit, UnitStatus} from "../../contracts/medication/interfaces/IBatchLedger.sol";
import {Condition, Custody, Handover, Status} from "../../contracts/medication/interfaces/ICustody.sol";
import {Container, ItemId, Items, Parcel} from "../../contracts/types/Item.sol";
import {Role} from "../../contracts/types/Role.sol";
import {vm} from "../Vm.sol";
import {InvariantTest} from "./InvariantTest.sol";
import {Serials} from "./Serials.sol";
import {TradeWorld} from "./TradeWorld.sol";
import {BatchHandler} from "./handlers/BatchHandler.sol";
import {ClockHandler} from "./handlers/ClockHandler.sol";
import {ConditionHandler} from "./handlers/ConditionHandler.sol";
import {DispenseHandler} from "./handlers/DispenseHandler.sol";
import {HandoverHandler} from "./handlers/HandoverHandler.sol";
import {LicenceHandler} from "./handlers/LicenceHandler.sol";
import {PackagingHandler} from "./handlers/PackagingHandler.sol";
import {Calendar} from "./stores/Calendar.sol";
import {CustodyStore} from "./stores/CustodyStore.sol";

/// @notice INV-3 and INV-4.
contract CustodyInvariants is InvariantTest {
    uint256 internal constant CHECKED_AT_A_STEP = 10;

    TradeWorld internal world;
    BatchLedger internal ledger;
    CustodyStore internal store;

    function setUp() external {
        world = new TradeWorld(address(this));
        ledger = world.LEDGER();
        store = new CustodyStore();
        Calendar[] memory calendars = new Calendar[](1);
        calendars[0] = store;
        BatchHandler batches = new BatchHandler(world, store);
        HandoverHandler handovers = new HandoverHandler(world, store);
        // The first does not expire before time ends, or in the end nothing could be dispensed.
        for (uint256 lot; lot < 3; ++lot) batches.commission(lot, 30, lot == 0 ? 20_000 days : lot * 20 days, 4);
        _stock();
        _handlers.push(new ClockHandler(world, calendars));
        _handlers.push(batches);
        _handlers.push(handovers);
        _handlers.push(new PackagingHandler(world, store));
        _handlers.push(new ConditionHandler(world, store));
        _handlers.push(new DispenseHandler(world, store));
        _handlers.push(new LicenceHandler(world, store));
    }

    /// INV-3: the units of a batch's parcels, over all statuses, sum to the batch, and no unit is in two; every item is
    /// where it should be, with one holder at the root of its containers.
    function invariant_UnitsSumToTheirBatchAndHaveOneHolder() external view {
        vm.assertEq(store.trespassed(), 0, "INV-3: somebody acted without a right to");
        vm.assertEq(store.refused(), 0, "INV-3: something rightful was refused");
        // A lot and a few items at each step, in turn.
        _checkLot(store.step() % store.lotCount());
        uint256 count = store.itemCount();
        for (uint256 i; i < CHECKED_AT_A_STEP && i < count; ++i) {
            _checkItem((store.step() * CHECKED_AT_A_STEP + i) % count);
        }
    }

    /// INV-4: a unit is net dispensed at most once, and never while recalled, expired, held or away.
    function invariant_DispensedOnceAndOnlyWhatIsSafe() external view {
        vm.assertEq(store.trespassed(), 0, "INV-4: somebody acted without a right to");
        vm.assertEq(store.dispensedTwice(), 0, "INV-4: dispensed twice");
        vm.assertEq(store.dispensedUnsafe(), 0, "INV-4: dispensed while unsafe");
        uint256 lot = store.step() % store.lotCount();
        CustodyStore.Lot memory state = store.lotAt(lot);
        for (uint256 number; number < state.units; ++number) {
            bool dispensed = ledger.isDispensed(state.id, uint24(number));
            vm.assertEq(dispensed, store.isDispensed(lot, number), "INV-4: isDispensed");
        }
        _checkUnit(store.step() % store.itemCount());
    }

    /// @dev Half of each batch starts on one pharmacy's shelf, a part in a box at the other's, a part in
    /// one at its maker's, and the rest on its way to a distributor.
    function _stock() internal {
        for (uint256 lot; lot < 3; ++lot) {
            CustodyStore.Lot memory state = store.lotAt(lot);
            uint24[] memory counts = new uint24[](4);
            (counts[0], counts[1], counts[2], counts[3]) = (14, 6, 6, 4);
            Parcel memory whole = Parcel(state.id, 0, 30);
            vm.prank(state.maker);
            ledger.split(whole, counts);
            uint256 first = store.itemCount();
            store.split(store.placeOf(_id(whole)) - 1, counts);
            _deliver(first, state.maker, world.pharmacy(lot));
            _deliver(first + 1, state.maker, world.pharmacy(lot + 1));
            _box(first + 1, lot);
            _box(first + 2, lot);
            _ship(first + 3, state.maker, world.partner(2));
        }
    }

    function _box(uint256 index, uint256 lot) internal {
        address holder = store.itemAt(index).holder;
        Container memory box = store.containerOf(holder, bytes32(uint256(1)), 1 << lot);
        uint256[] memory inside = new uint256[](1);
        inside[0] = index;
        Items memory items = _items(index);
        vm.prank(holder);
        ledger.pack(box, items, holder);
        store.packed(box, 1 << lot, inside);
    }

    function _deliver(uint256 index, address from, address to) internal {
        _ship(index, from, to);
        ItemId[] memory ids = new ItemId[](1);
        ids[0] = store.itemAt(index).id;
        Role role = world.roleOf(to);
        vm.prank(to);
        ledger.receiveItems(ids, from, to, role);
        store.arrived(index, to);
    }

    function _ship(uint256 index, address from, address to) internal {
        Items memory items = _items(index);
        Handover memory handover = Handover(from, world.roleOf(from), to, world.roleOf(to));
        vm.prank(from);
        ledger.ship(items, handover, 0);
        store.shipped(index, to);
    }

    function _checkLot(uint256 lot) internal view {
        CustodyStore.Lot memory state = store.lotAt(lot);
        uint256 seen;
        uint256 sum;
        for (uint256 i; i < store.itemCount(); ++i) {
            uint256 units = store.parcelOf(i, lot);
            if (units == 0) continue;
            CustodyStore.Item memory item = store.itemAt(i);
            if (ledger.custodyOf(item.id).status == Status.None) continue;
            vm.assertEq(seen & units, 0, "INV-3: a unit is in two parcels");
            seen |= units;
            sum += item.count;
            // Whoever has the parcel has its units, by the count of what changed hands.
            address owner = store.itemAt(store.rootOf(i)).holder;
            vm.assertEq(units & ~store.ownedBy(lot, owner), 0, "INV-3: a unit is another's");
        }
        vm.assertEq(sum, state.units, "INV-3: units do not sum to the batch");
        vm.assertEq(seen, (1 << state.units) - 1, "INV-3: a unit is in no parcel");
        _checkUnmade(state);
    }

    function _checkItem(uint256 index) internal view {
        CustodyStore.Item memory item = store.itemAt(index);
        Custody memory custody = ledger.custodyOf(item.id);
        vm.assertEq(uint8(custody.status), uint8(item.status), "INV-3: status");
        if (item.status == Status.None) return;
        vm.assertTrue(custody.holder == _holderOf(item), "INV-3: custody");
        vm.assertEq(custody.items, item.inside, "INV-3: items inside");
        vm.assertEq(custody.height, item.height, "INV-3: height");
        vm.assertLe(custody.since, block.timestamp, "INV-3: since");
        (ItemId root, Custody memory outer) = ledger.rootCustodyOf(item.id);
        CustodyStore.Item memory outermost = store.itemAt(store.rootOf(index));
        vm.assertEq(ItemId.unwrap(root), ItemId.unwrap(outermost.id), "INV-3: root");
        vm.assertTrue(outer.status != Status.None && outer.status != Status.Packed, "INV-3: no root");
        vm.assertTrue(outer.holder == _holderOf(outermost), "INV-3: root's holder");
        vm.assertEq(uint8(outer.condition), uint8(outermost.condition), "INV-3: condition");
        vm.assertEq(uint8(outer.heldBy), uint8(outermost.heldBy), "INV-3: authority");
    }

    /// @dev What a scan says of a unit is what is known of it.
    function _checkUnit(uint256 index) internal view {
        CustodyStore.Item memory item = store.itemAt(index);
        if (item.isContainer || item.status == Status.None) return;
        CustodyStore.Lot memory lot = store.lotAt(item.lot);
        uint256 number = item.first + (store.step() % item.count);
        UnitStatus memory status = ledger.verify(
            Unit({
                parcel: store.parcelAt(index),
                number: uint24(number),
                serial: Serials.serial(number),
                proof: Serials.proof(lot.id, lot.units, number)
            })
        );
        vm.assertTrue(status.isGenuine, "INV-4: isGenuine");
        vm.assertEq(status.isDispensed, store.isDispensed(item.lot, number), "INV-4: isDispensed");
        vm.assertEq(status.isReturned, store.isReturned(item.lot, number), "INV-4: isReturned");
        vm.assertEq(status.condition != Condition.Sound, store.isUnsound(item.lot, number), "INV-4: condition");
        vm.assertEq(uint8(status.recall), uint8(lot.recall), "INV-4: recall");
        vm.assertEq(uint8(status.recallClass), lot.recallClass, "INV-4: recallClass");
        vm.assertEq(uint8(status.recallDepth), lot.recallDepth, "INV-4: recallDepth");
        vm.assertEq(status.isBatchHeld, lot.held, "INV-4: isBatchHeld");
        vm.assertEq(status.isExpired, block.timestamp >= lot.expiry, "INV-4: isExpired");
    }

    /// @dev A parcel nobody made is none.
    function _checkUnmade(CustodyStore.Lot memory lot) internal view {
        uint256 seed = uint256(keccak256(abi.encode(store.step())));
        uint24 first = uint24(seed % lot.units);
        ItemId id = _id(Parcel(lot.id, first, uint24(1 + ((seed / 64) % (lot.units - first)))));
        if (store.placeOf(id) == 0) vm.assertEq(uint8(ledger.custodyOf(id).status), 0, "INV-3: a parcel of nobody's");
    }

    function _holderOf(CustodyStore.Item memory item) internal view returns (address) {
        if (item.status == Status.Packed) return address(ItemId.unwrap(store.itemAt(item.container - 1).id));
        if (item.status != Status.InTransit) return item.holder;
        return address(uint160(uint256(keccak256(abi.encode(item.holder, item.consignee)))));
    }

    function _items(uint256 parcel) internal view returns (Items memory items) {
        items.parcels = new Parcel[](1);
        items.parcels[0] = store.parcelAt(parcel);
    }

    function _id(Parcel memory parcel) internal pure returns (ItemId) {
        return ItemId.wrap(bytes20(keccak256(abi.encode(parcel))));
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {BatchLedger} from "../../contracts/medication/BatchLedger.sol";
import {Commission, IBatches} from "../../contracts/medication/interfaces/IBatches.sol";
import {IBatchLedger, Unit} from "../../contracts/medication/interfaces/IBatchLedger.sol";
import {Handover, ICustody} from "../../contracts/medication/interfaces/ICustody.sol";
import {Batch} from "../../contracts/types/Batch.sol";
import {ItemId, Items, Parcel} from "../../contracts/types/Item.sol";
import {Role} from "../../contracts/types/Role.sol";
import {Serials} from "../invariants/Serials.sol";
import {TradeWorld} from "../invariants/TradeWorld.sol";
import {around, bound, vm} from "../Vm.sol";

contract BatchLedgerTest {
    uint24 internal constant UNITS = 13;

    TradeWorld internal world;
    BatchLedger internal ledger;
    address internal maker;
    address internal wholesaler;
    address internal pharmacy;
    uint40 internal expiry;
    Parcel internal whole;

    function setUp() external {
        world = new TradeWorld(address(this));
        ledger = world.LEDGER();
        maker = world.partner(0);
        wholesaler = world.partner(2);
        pharmacy = world.pharmacy(0);
        expiry = uint40(block.timestamp + 100 days);
        Batch memory batch = Batch(world.product(0), "A123");
        whole = Parcel(batch.toId(), 0, UNITS);
        Commission memory commission = Commission(expiry, UNITS, Serials.root(whole.batch, UNITS));
        vm.prank(maker);
        ledger.commission(batch, commission);
    }

    /* HANDOVER */

    function testFuzz_GoodsTravelOnlyBetweenTheTwo(address from, address to, uint256 seed) external {
        if (seed % 2 == 0) from = world.partner(seed / 32);
        if (seed % 4 < 3) to = world.partner(seed / 512);
        vm.assume(from != maker || to != wholesaler);
        _ship(maker, wholesaler);
        ItemId[] memory ids = _ids();

        // Whoever calls, and whomever they name: nobody else receives, refuses or takes back.
        Role role = world.roleOf(to);
        _refused(to, abi.encodeCall(ICustody.receiveItems, (ids, from, to, role)));
        _refused(to, abi.encodeCall(ICustody.reject, (ids, from, to)));
        _refused(from, abi.encodeCall(ICustody.cancelShipment, (ids, from, to)));
        if (to != wholesaler) {
            _refused(to, abi.encodeCall(ICustody.receiveItems, (ids, maker, wholesaler, Role.Distributor)));
            _refused(to, abi.encodeCall(ICustody.reject, (ids, maker, wholesaler)));
        }
        if (from != maker) _refused(from, abi.encodeCall(ICustody.cancelShipment, (ids, maker, wholesaler)));

        if (seed % 3 == 0) _do(maker, abi.encodeCall(ICustody.cancelShipment, (ids, maker, wholesaler)));
        if (seed % 3 == 1) _do(wholesaler, abi.encodeCall(ICustody.reject, (ids, maker, wholesaler)));
        if (seed % 3 == 2) _receive(maker, wholesaler);
        vm.assertEq(ledger.custodyOf(ids[0]).holder, seed % 3 == 2 ? wholesaler : maker);
    }

    function testFuzz_OnlyRolesThatTradeReceive(uint8 roleSeed) external {
        Role role = Role(roleSeed % (uint8(type(Role).max) + 1));
        address partner = world.account("somebody licensed");
        world.ACCREDITATION().setAccreditor(role, address(this), true);
        world.ACCREDITATION().accredit(partner, role, type(uint40).max);
        bool trades =
            role == Role.Manufacturer || role == Role.Distributor || role == Role.Pharmacy || role == Role.Provider;

        Handover memory handover = Handover(maker, Role.Manufacturer, partner, role);
        bytes4 refusal = _refusal(maker, abi.encodeCall(ICustody.ship, (_items(), handover, 0)));

        vm.assertEq(refusal, trades ? bytes4(0) : ICustody.PartnerInvalid.selector);
    }

    function testFuzz_ExpiredGoodsOnlyGoBack(uint256 timeSeed, uint256 partnerSeed) external {
        address to = world.partner(1 + (partnerSeed % 5));
        vm.warp(bound(around(expiry, timeSeed), block.timestamp, type(uint40).max - 1));

        Handover memory handover = Handover(maker, Role.Manufacturer, to, world.roleOf(to));
        bytes4 refusal = _refusal(maker, abi.encodeCall(ICustody.ship, (_items(), handover, 0)));

        bool allowed = block.timestamp < expiry || world.roleOf(to) == Role.Distributor;
        vm.assertEq(refusal, allowed ? bytes4(0) : ICustody.GoodsUnsafe.selector);
    }

    /* DISPENSING */

    function testFuzz_EachUnitIsDispensedExactlyOnce(uint8[24] calldata numbers) external {
        _stock();
        bool[UNITS] memory dispensed;
        for (uint256 i; i < numbers.length; ++i) {
            uint24 number = numbers[i] % UNITS;
            bytes4 refusal = _dispense(_unit(number));
            vm.assertEq(refusal, dispensed[number] ? IBatchLedger.UnitAlreadyDispensed.selector : bytes4(0));
            dispensed[number] = true;
        }
        for (uint24 number; number < UNITS; ++number) {
            vm.assertEq(ledger.isDispensed(whole.batch, number), dispensed[number]);
        }
    }

    function testFuzz_AUnitComesBackOnceAndIsThenDispensedAgain(uint8[24] calldata seeds) external {
        _stock();
        (bool dispensed, bool returned) = (false, false);
        for (uint256 i; i < seeds.length; ++i) {
            if (seeds[i] % 2 == 0) {
                bool succeeded = _dispense(_unit(5)) == 0;
                vm.assertEq(succeeded, !dispensed);
                dispensed = true;
                continue;
            }
            bool cameBack = _refusal(pharmacy, abi.encodeCall(IBatchLedger.returnToStock, (_unit(5)))) == 0;
            vm.assertEq(cameBack, dispensed && !returned);
            if (cameBack) (dispensed, returned) = (false, true);
        }
        vm.assertEq(ledger.isDispensed(whole.batch, 5), dispensed);
    }

    function testFuzz_OnlyCommittedSerials(uint24 number, bytes32 serial, uint256 field, uint256 bit) external {
        _stock();
        number %= UNITS;
        vm.assume(serial != Serials.serial(number));
        Unit memory unit = _unit(number);
        field %= 6;
        if (field == 0) unit.serial = serial;
        if (field == 1) unit.number = (number + 1) % UNITS;
        if (field == 2) unit.proof[bit % unit.proof.length] ^= bytes32(1 << (bit % 256));
        if (field == 3) unit.proof = new bytes32[](0);
        // A node inside the tree is no leaf, whatever is said to be at it.
        if (field == 4) (unit.serial, unit.proof) = (unit.proof[0], Serials.proof(whole.batch, UNITS, number ^ 1));

        vm.assertEq(ledger.verify(unit).isGenuine, field == 5);
        vm.assertEq(_dispense(unit), field == 5 ? bytes4(0) : IBatchLedger.SerialNotCommitted.selector);
    }

    function testFuzz_OnlyUnitsOfTheParcel(uint24 number, uint24 first) external {
        first = uint24(bound(first, 1, UNITS - 1));
        number %= UNITS;
        uint24[] memory counts = new uint24[](2);
        (counts[0], counts[1]) = (first, UNITS - first);
        _do(maker, abi.encodeCall(ICustody.split, (whole, counts)));
        (whole.first, whole.count) = (first, UNITS - first);
        _stock();

        vm.assertEq(_dispense(_unit(number)), number < first ? IBatchLedger.UnitNotInParcel.selector : bytes4(0));
    }

    function testFuzz_NothingExpiredIsDispensed(uint256 timeSeed) external {
        _stock();
        vm.warp(bound(around(expiry, timeSeed), block.timestamp, type(uint40).max - 1));

        vm.assertEq(_dispense(_unit(0)), block.timestamp < expiry ? bytes4(0) : IBatches.BatchExpired.selector);
    }

    function testFuzz_OnlyTheHolderAndItsStaffDispense(address caller, uint256 seed) external {
        _stock();
        if (seed % 2 == 0) caller = world.partner(seed / 2);
        vm.assume(caller != pharmacy && caller != world.CLERK());
        vm.assertEq(
            _refusal(caller, abi.encodeCall(IBatchLedger.dispense, (_unit(0)))),
            IBatchLedger.PharmacyInvalid.selector
        );
        vm.assertEq(
            _refusal(caller, abi.encodeCall(IBatchLedger.dispenseOnPrescription, (_unit(0), pharmacy, "rx"))),
            IBatchLedger.ServiceInvalid.selector
        );

        vm.assertEq(_refusal(world.CLERK(), abi.encodeCall(IBatchLedger.dispense, (_unit(0)))), 0);
    }

    /* HELPERS */

    function _stock() internal {
        _ship(maker, pharmacy);
        _receive(maker, pharmacy);
    }

    function _ship(address from, address to) internal {
        Handover memory handover = Handover(from, world.roleOf(from), to, world.roleOf(to));
        _do(from, abi.encodeCall(ICustody.ship, (_items(), handover, 0)));
    }

    function _receive(address from, address to) internal {
        _do(to, abi.encodeCall(ICustody.receiveItems, (_ids(), from, to, world.roleOf(to))));
    }

    function _dispense(Unit memory unit) internal returns (bytes4) {
        return _refusal(pharmacy, abi.encodeCall(IBatchLedger.dispense, (unit)));
    }

    function _do(address caller, bytes memory data) internal {
        vm.assertEq(_refusal(caller, data), 0);
    }

    function _refused(address caller, bytes memory data) internal {
        vm.assertNotEq(_refusal(caller, data), 0);
    }

    /// @dev The error a call ends in; zero when it succeeds.
    function _refusal(address caller, bytes memory data) internal returns (bytes4) {
        vm.prank(caller);
        (bool succeeded, bytes memory result) = address(ledger).call(data);
        return succeeded ? bytes4(0) : bytes4(result);
    }

    function _items() internal view returns (Items memory items) {
        items.parcels = new Parcel[](1);
        items.parcels[0] = whole;
    }

    function _ids() internal view returns (ItemId[] memory ids) {
        ids = new ItemId[](1);
        ids[0] = ItemId.wrap(bytes20(keccak256(abi.encode(whole))));
    }

    function _unit(uint24 number) internal view returns (Unit memory) {
        return Unit(whole, number, Serials.serial(number), Serials.proof(whole.batch, UNITS, number));
    }
}

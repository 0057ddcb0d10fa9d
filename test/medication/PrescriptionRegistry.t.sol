// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {BatchLedger} from "../../contracts/medication/BatchLedger.sol";
import {Commission} from "../../contracts/medication/interfaces/IBatches.sol";
import {Unit} from "../../contracts/medication/interfaces/IBatchLedger.sol";
import {Handover, ICustody} from "../../contracts/medication/interfaces/ICustody.sol";
import {
    IPrescriptionRegistry,
    Opening,
    PrescriptionState
} from "../../contracts/medication/interfaces/IPrescriptionRegistry.sol";
import {PrescriptionRegistry} from "../../contracts/medication/PrescriptionRegistry.sol";
import {Authorization, SignatureInvalid} from "../../contracts/types/Authorization.sol";
import {Batch, ProductId} from "../../contracts/types/Batch.sol";
import {ItemId, Items, Parcel} from "../../contracts/types/Item.sol";
import {Prescription} from "../../contracts/types/Prescription.sol";
import {Messages} from "../invariants/Messages.sol";
import {Serials} from "../invariants/Serials.sol";
import {TradeWorld} from "../invariants/TradeWorld.sol";
import {around, bound, vm} from "../Vm.sol";

contract PrescriptionRegistryTest {
    uint24 internal constant UNITS = 8;

    bytes32 internal constant LOT = "A123";

    bytes32 internal constant SALT = "salt";

    TradeWorld internal world;
    BatchLedger internal ledger;
    PrescriptionRegistry internal prescriptions;
    address internal pharmacy;
    address internal branch;
    address internal patient;
    Parcel internal whole;
    Prescription internal prescription;

    function setUp() external {
        world = new TradeWorld(address(this));
        ledger = world.LEDGER();
        prescriptions = world.PRESCRIPTIONS();
        pharmacy = world.pharmacy(0);
        branch = world.pharmacy(1);
        patient = world.patient(0);
        prescription = Prescription({
            patient: patient,
            prescriber: world.clinician(0),
            product: keccak256(abi.encode(world.product(1), SALT)),
            doses: 30,
            validUntil: uint40(block.timestamp + 30 days)
        });
        _stock();
    }

    function testFuzz_NeverMoreDosesThanPrescribed(uint16 doses, uint16[UNITS] memory asked, bool small) external {
        prescription.doses = uint16(bound(doses, 1, type(uint16).max));
        _issue();
        uint256 filled;
        for (uint24 number; number < UNITS; ++number) {
            if (small) asked[number] %= uint16(bound(prescription.doses / 4, 2, type(uint16).max));
            uint256 left = prescription.doses - filled;
            bytes4 refusal = _fill(asked[number], _unit(number), _opening());
            bool enough = asked[number] != 0 && asked[number] <= left;
            vm.assertEq(refusal, enough ? bytes4(0) : IPrescriptionRegistry.PrescriptionSpent.selector);
            if (enough) filled += asked[number];
            vm.assertEq(ledger.isDispensed(whole.batch, number), enough);
            vm.assertEq(_state().filled, filled);
        }
    }

    function testFuzz_OnlyWhatWasPrescribedOfThatLot(bytes32 product, bytes32 salt, bytes32 lot, uint8 field) external {
        vm.assume(product != ProductId.unwrap(world.product(1)) && salt != SALT && lot != LOT);
        _issue();
        Opening memory opening = _opening();
        if (field % 4 == 0) opening.product = ProductId.wrap(product);
        if (field % 4 == 1) opening.salt = salt;
        if (field % 4 == 2) opening.lot = lot;

        bytes4 refusal = _fill(1, _unit(0), opening);

        bytes4 expected = IPrescriptionRegistry.PrescriptionProductMismatch.selector;
        if (field % 4 == 2) expected = IPrescriptionRegistry.PrescriptionBatchMismatch.selector;
        if (field % 4 == 3) expected = 0;
        vm.assertEq(refusal, expected);
    }

    function testFuzz_NothingIsFilledFromItsEndOn(uint40 validUntil, uint256 timeSeed) external {
        prescription.validUntil = uint40(bound(validUntil, block.timestamp + 1, block.timestamp + 50 days));
        _issue();
        vm.warp(bound(around(prescription.validUntil, timeSeed), block.timestamp, block.timestamp + 60 days));

        bool valid = block.timestamp < prescription.validUntil;
        vm.assertEq(
            _fill(1, _unit(0), _opening()),
            valid ? bytes4(0) : IPrescriptionRegistry.PrescriptionExpired.selector
        );
    }

    function testFuzz_OnlyThePharmacyItIsRoutedToFills(address caller, bool routed, uint256 seed) external {
        if (seed % 2 == 0) caller = world.partner(seed / 2);
        vm.assume(caller != pharmacy && caller != world.CLERK());
        _issue();
        bytes memory fill = abi.encodeCall(IPrescriptionRegistry.fill, (prescription, 1, _unit(0), _opening()));
        // The branch may fill what is routed to it, but has not this pack.
        bytes4 notHeld = ICustody.ItemNotHeldBy.selector;
        if (routed) {
            _do(patient, abi.encodeCall(IPrescriptionRegistry.route, (prescription, branch)));
            vm.assertEq(_refusal(branch, fill), notHeld);
        }

        bool isBranch = routed && caller == branch;
        vm.assertEq(_refusal(caller, fill), isBranch ? notHeld : IPrescriptionRegistry.PrescriptionNotYours.selector);
        vm.assertEq(_refusal(world.CLERK(), fill) == 0, !routed);
    }

    function testFuzz_OnlyTheLastFillIsReversed(uint24 first, uint24 last, uint24 number, uint16 doses) external {
        (first, last, number) = (first % UNITS, last % UNITS, number % UNITS);
        doses = uint16(bound(doses, 1, 4));
        vm.assume(first != last);
        _issue();
        vm.assertEq(_fill(2, _unit(first), _opening()), 0);
        vm.assertEq(_fill(3, _unit(last), _opening()), 0);

        bytes4 refusal = _reverse(doses, number);

        bool isLast = number == last && doses == 3;
        vm.assertEq(refusal, isLast ? bytes4(0) : IPrescriptionRegistry.FillUnknown.selector);
        vm.assertEq(_state().filled, isLast ? 2 : 5);
        vm.assertEq(ledger.isDispensed(whole.batch, last), !isLast);
        if (isLast) vm.assertEq(_reverse(3, last), IPrescriptionRegistry.FillUnknown.selector);
    }

    function testFuzz_ARouteSignatureIsOverEveryField(
        address other,
        bytes32 salt,
        uint40 life,
        uint256 field
    ) external {
        vm.assume(other != branch && other != address(0));
        _issue();
        uint256 deadline = block.timestamp + life;
        bytes memory signature = _sign(branch, _state().version, deadline);
        Prescription memory changed = prescription;
        address to = branch;
        address signer = patient;
        field %= 7;
        if (field == 0) changed.product = salt;
        if (field == 1) to = pharmacy;
        if (field == 2) deadline += 1;
        if (field == 3) signer = other;
        if (field == 4) vm.chainId(block.chainid + 1);
        if (field == 5) _do(patient, abi.encodeCall(IPrescriptionRegistry.route, (prescription, pharmacy)));

        bytes memory relay = abi.encodeCall(
            IPrescriptionRegistry.routeBySig,
            (changed, to, Authorization(signer, deadline), signature)
        );
        if (field != 6) {
            vm.assertEq(_refusal(other, relay), SignatureInvalid.selector);
            vm.assertEq(_state().pharmacy, pharmacy);
            return;
        }
        vm.assertEq(_refusal(other, relay), 0);
        vm.assertEq(_state().pharmacy, branch);
        vm.assertEq(_refusal(other, relay), SignatureInvalid.selector);
    }

    /* HELPERS */

    function _stock() internal {
        address maker = world.partner(0);
        Batch memory batch = Batch(world.product(1), LOT);
        whole = Parcel(batch.toId(), 0, UNITS);
        Commission memory commission = Commission(
            uint40(block.timestamp + 100 days),
            UNITS,
            Serials.root(whole.batch, UNITS)
        );
        vm.prank(maker);
        ledger.commission(batch, commission);
        Items memory items;
        items.parcels = new Parcel[](1);
        items.parcels[0] = whole;
        ItemId[] memory ids = new ItemId[](1);
        ids[0] = ItemId.wrap(bytes20(keccak256(abi.encode(whole))));
        Handover memory handover = Handover(maker, world.roleOf(maker), pharmacy, world.roleOf(pharmacy));
        vm.prank(maker);
        ledger.ship(items, handover, 0);
        vm.prank(pharmacy);
        ledger.receiveItems(ids, maker, pharmacy, handover.toRole);
    }

    function _issue() internal {
        _do(prescription.prescriber, abi.encodeCall(IPrescriptionRegistry.issue, (prescription, pharmacy)));
    }

    function _fill(uint16 doses, Unit memory unit, Opening memory opening) internal returns (bytes4) {
        return _refusal(pharmacy, abi.encodeCall(IPrescriptionRegistry.fill, (prescription, doses, unit, opening)));
    }

    function _reverse(uint16 doses, uint24 number) internal returns (bytes4) {
        return
            _refusal(
                pharmacy,
                abi.encodeCall(
                    IPrescriptionRegistry.returnToStock,
                    (prescription, doses, _unit(number), _opening(), pharmacy)
                )
            );
    }

    function _sign(address to, uint24 version, uint256 deadline) internal view returns (bytes memory) {
        bytes32 kind = keccak256("RoutePrescription(bytes32 id,address pharmacy,uint24 version,uint256 deadline)");
        bytes memory message = abi.encode(kind, keccak256(abi.encode(prescription)), to, version, deadline);
        return world.sign(patient, Messages.typed("Aceso PrescriptionRegistry", address(prescriptions), message));
    }

    function _state() internal view returns (PrescriptionState memory) {
        return prescriptions.prescriptionOf(prescription.toId());
    }

    function _opening() internal view returns (Opening memory) {
        return Opening(world.product(1), SALT, LOT);
    }

    function _unit(uint24 number) internal view returns (Unit memory) {
        return Unit(whole, number, Serials.serial(number), Serials.proof(whole.batch, UNITS, number));
    }

    function _do(address caller, bytes memory data) internal {
        vm.assertEq(_refusal(caller, data), 0);
    }

    /// @dev The error a call ends in; zero when it succeeds.
    function _refusal(address caller, bytes memory data) internal returns (bytes4) {
        vm.prank(caller);
        (bool succeeded, bytes memory result) = address(prescriptions).call(data);
        return succeeded ? bytes4(0) : bytes4(result);
    }
}

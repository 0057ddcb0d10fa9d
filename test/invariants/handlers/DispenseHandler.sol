// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IBatchLedger, Unit} from "../../../contracts/medication/interfaces/IBatchLedger.sol";
import {Condition, Status} from "../../../contracts/medication/interfaces/ICustody.sol";
import {IPrescriptionRegistry, Opening} from "../../../contracts/medication/interfaces/IPrescriptionRegistry.sol";
import {BatchId} from "../../../contracts/types/Batch.sol";
import {Prescription} from "../../../contracts/types/Prescription.sol";
import {Role} from "../../../contracts/types/Role.sol";
import {Serials} from "../Serials.sol";
import {CustodyStore} from "../stores/CustodyStore.sol";
import {TradeWorld} from "../TradeWorld.sol";
import {TradeHandler} from "./TradeHandler.sol";
import {vm} from "../../Vm.sol";

/// @notice Packs are dispensed over the counter and on prescription, and come back to stock.
contract DispenseHandler is TradeHandler {
    struct Fill {
        Prescription prescription;
        address pharmacy;
        uint256 lot;
        uint256 number;
        bool reversed;
        Opening opening;
    }

    mapping(address pharmacy => bool) internal _optedOut;

    Fill[] internal _fills;

    constructor(TradeWorld inhabited, CustodyStore custody) TradeHandler(inhabited, custody) {}

    function actions() external pure override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](6);
        selectors[0] = this.dispense.selector;
        selectors[1] = this.dispenseAgain.selector;
        selectors[2] = this.fill.selector;
        selectors[3] = this.returnToStock.selector;
        selectors[4] = this.reverseFill.selector;
        selectors[5] = this.setService.selector;
    }

    function dispense(uint256 parcelSeed, uint256 numberSeed, uint256 serialSeed, uint256 callerSeed) external {
        (uint256 parcel, uint256 number) = _choose(parcelSeed, numberSeed);
        _dispense(parcel, number, serialSeed, callerSeed);
    }

    /// @notice A unit that is dispensed, or came back, is dispensed again.
    function dispenseAgain(uint256 parcelSeed, uint256 callerSeed) external {
        (uint256 parcel, uint256 number) = _chooseDispensed(parcelSeed, callerSeed % 4 != 0);
        _dispense(parcel, number, 1, callerSeed / 4);
    }

    function fill(uint256 parcelSeed, uint256 numberSeed, uint256 serialSeed, uint256 callerSeed) external {
        (uint256 parcel, uint256 number) = _choose(parcelSeed, numberSeed);
        CustodyStore.Item memory item = store.itemAt(parcel);
        address pharmacy = callerSeed % 16 == 1 ? TRADE.pharmacy(callerSeed / 16) : item.holder;
        (Prescription memory prescription, Opening memory opening) = _prescribe(item.lot);
        if (!_issue(prescription, pharmacy)) return;
        bytes memory data = abi.encodeCall(
            IPrescriptionRegistry.fill,
            (prescription, 1, _unit(parcel, number, serialSeed), opening)
        );
        if (!_fill(parcel, number, pharmacy, callerSeed, serialSeed % 16 != 0, data)) return;
        _fills.push(Fill(prescription, pharmacy, item.lot, number, false, opening));
    }

    function returnToStock(uint256 parcelSeed, uint256 returnedSeed, uint256 serialSeed, uint256 callerSeed) external {
        (uint256 parcel, uint256 number) = _chooseDispensed(parcelSeed, returnedSeed % 16 == 0);
        CustodyStore.Item memory item = store.itemAt(parcel);
        address caller = _caller(item.holder, callerSeed);

        bool rightful =
            _isReturnable(item, number) &&
                !store.lotAt(item.lot).prescriptionOnly &&
                _actsFor(caller, item.holder) &&
                _isLive(item.holder, Role.Pharmacy) &&
                serialSeed % 16 != 0;
        bool succeeded = _act(caller, abi.encodeCall(IBatchLedger.returnToStock, (_unit(parcel, number, serialSeed))));

        store.judge(succeeded, rightful);
        if (succeeded) store.returned(item.lot, number);
    }

    function reverseFill(uint256 fillSeed, uint256 callerSeed) external {
        if (_fills.length == 0) return;
        Fill storage filled = _fills[fillSeed % _fills.length];
        uint256 parcel = _parcelWith(filled.lot, filled.number);
        CustodyStore.Item memory item = store.itemAt(parcel);
        address caller = _caller(filled.pharmacy, callerSeed);

        bool rightful =
            !filled.reversed &&
                _actsFor(caller, filled.pharmacy) &&
                filled.pharmacy == item.holder &&
                !_optedOut[filled.pharmacy] &&
                _isLive(filled.pharmacy, Role.Pharmacy) &&
                _isReturnable(item, filled.number);
        bool succeeded = _call(
            caller,
            address(TRADE.PRESCRIPTIONS()),
            abi.encodeCall(
                IPrescriptionRegistry.returnToStock,
                (filled.prescription, 1, _unit(parcel, filled.number, 1), filled.opening, filled.pharmacy)
            )
        );

        store.judge(succeeded, rightful);
        if (!succeeded) return;
        filled.reversed = true;
        store.returned(filled.lot, filled.number);
    }

    function setService(uint256 pharmacySeed, uint256 rarity) external {
        address pharmacy = TRADE.pharmacy(pharmacySeed);
        _optedOut[pharmacy] = rarity % 8 == 0;
        _act(pharmacy, abi.encodeCall(IBatchLedger.setService, (address(TRADE.PRESCRIPTIONS()), rarity % 8 != 0)));
    }

    function _dispense(uint256 parcel, uint256 number, uint256 serialSeed, uint256 callerSeed) internal {
        CustodyStore.Item memory item = store.itemAt(parcel);
        address caller = _caller(item.holder, callerSeed);

        bool licensed = _isLive(item.holder, Role.Pharmacy);
        bool rightful =
            licensed &&
                _actsFor(caller, item.holder) &&
                !store.lotAt(item.lot).prescriptionOnly &&
                _isDispensable(item, number) &&
                serialSeed % 16 != 0;
        bool succeeded = _act(caller, abi.encodeCall(IBatchLedger.dispense, (_unit(parcel, number, serialSeed))));

        store.judge(succeeded, rightful);
        if (succeeded) store.dispensed(parcel, number, licensed);
    }

    function _fill(
        uint256 parcel,
        uint256 number,
        address pharmacy,
        uint256 callerSeed,
        bool genuine,
        bytes memory data
    ) internal returns (bool succeeded) {
        CustodyStore.Item memory item = store.itemAt(parcel);
        address caller = _caller(pharmacy, callerSeed);
        bool licensed = _isLive(item.holder, Role.Pharmacy);

        bool rightful =
            genuine &&
                licensed &&
                pharmacy == item.holder &&
                _actsFor(caller, pharmacy) &&
                !_optedOut[pharmacy] &&
                _isDispensable(item, number);
        succeeded = _call(caller, address(TRADE.PRESCRIPTIONS()), data);

        store.judge(succeeded, rightful);
        if (succeeded) store.dispensed(parcel, number, licensed);
    }

    function _issue(Prescription memory prescription, address pharmacy) internal returns (bool succeeded) {
        address registry = address(TRADE.PRESCRIPTIONS());
        vm.prank(prescription.prescriber);
        (succeeded, ) = registry.call(abi.encodeCall(IPrescriptionRegistry.issue, (prescription, pharmacy)));
        store.judge(succeeded, _isLive(pharmacy, Role.Pharmacy));
    }

    function _prescribe(uint256 lot) internal view returns (Prescription memory prescription, Opening memory opening) {
        for (uint256 i; i < 3; ++i) {
            opening = Opening(TRADE.products(i), bytes32(store.step()), bytes32(lot + 1));
            if (keccak256(abi.encode(opening.product, opening.lot)) == BatchId.unwrap(store.lotAt(lot).id)) break;
        }
        prescription = Prescription({
            patient: TRADE.patient(store.step()),
            prescriber: TRADE.clinician(0),
            product: keccak256(abi.encode(opening.product, opening.salt)),
            doses: 1,
            validUntil: type(uint40).max
        });
    }

    /// @dev Mostly a parcel a pharmacy has on its shelf and one of its units, now and then the next beyond.
    function _choose(uint256 parcelSeed, uint256 numberSeed) internal view returns (uint256 parcel, uint256 number) {
        Status status = parcelSeed % 16 == 0 ? Status((parcelSeed / 16) % 7) : Status(1 + (parcelSeed % 2));
        parcel = store.find(parcelSeed / 256, status, true);
        // Mostly one of a pharmacy's, and half of the time one that can be dispensed.
        for (uint256 i; i < 16 && parcelSeed % 16 > 1; ++i) {
            CustodyStore.Item memory item = store.itemAt(parcel);
            bool isFit = parcelSeed % 4 < 2 || (item.condition == Condition.Sound && store.isSafe(item.lot));
            if (TRADE.roleOf(item.holder) == Role.Pharmacy && isFit) break;
            parcel = store.find(parcel + 1, status, true);
        }
        CustodyStore.Item memory chosen = store.itemAt(parcel);
        number = chosen.first + (numberSeed % (chosen.count + (numberSeed % 32 == 0 ? 1 : 0)));
    }

    /// @dev A unit that is dispensed, or one that came back; else any.
    function _chooseDispensed(uint256 seed, bool cameBack) internal view returns (uint256 parcel, uint256 number) {
        for (uint256 i; i < store.itemCount(); ++i) {
            parcel = ((seed % store.itemCount()) + i) % store.itemCount();
            CustodyStore.Item memory item = store.itemAt(parcel);
            if (item.isContainer || item.status == Status.None) continue;
            for (number = item.first; number < item.first + item.count; ++number) {
                bool dispensed = store.isDispensed(item.lot, number);
                bool fits = cameBack ? !dispensed && store.isReturned(item.lot, number) : dispensed;
                if (fits) return (parcel, number);
            }
        }
        return _choose(seed, seed);
    }

    function _parcelWith(uint256 lot, uint256 number) internal view returns (uint256 parcel) {
        for (; parcel < store.itemCount(); ++parcel) {
            CustodyStore.Item memory item = store.itemAt(parcel);
            bool isIt = !item.isContainer && item.lot == lot && item.status != Status.None;
            if (isIt && item.first <= number && number < item.first + item.count) return parcel;
        }
    }

    function _isDispensable(CustodyStore.Item memory item, uint256 number) internal view returns (bool) {
        return
            _isOnShelf(item, number) &&
            item.condition == Condition.Sound &&
            store.isSafe(item.lot) &&
            !store.isDispensed(item.lot, number);
    }

    function _isReturnable(CustodyStore.Item memory item, uint256 number) internal view returns (bool) {
        return _isOnShelf(item, number) && store.isDispensed(item.lot, number) && !store.isReturned(item.lot, number);
    }

    function _isOnShelf(CustodyStore.Item memory item, uint256 number) internal pure returns (bool) {
        bool isIn = item.first <= number && number < item.first + item.count;
        return !item.isContainer && isIn && (item.status == Status.InCustody || item.status == Status.Opened);
    }

    /// @dev Now and then with a serial nobody committed.
    function _unit(uint256 parcel, uint256 number, uint256 serialSeed) internal view returns (Unit memory) {
        CustodyStore.Lot memory lot = store.lotAt(store.itemAt(parcel).lot);
        uint256 committed = number < lot.units ? number : 0;
        return
            Unit({
                parcel: store.parcelAt(parcel),
                number: uint24(number),
                serial: serialSeed % 16 == 0 ? bytes32(serialSeed) : Serials.serial(number),
                proof: Serials.proof(lot.id, lot.units, committed)
            });
    }
}

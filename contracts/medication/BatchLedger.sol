// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";

import {Batches} from "./Batches.sol";
import {BatchStates, PackedBatch} from "./BatchStates.sol";
import {Custodies, PackedCustody} from "./Custodies.sol";
import {CustodyLedger} from "./CustodyLedger.sol";
import {IAccreditation} from "../accreditation/interfaces/IAccreditation.sol";
import {BatchState} from "./interfaces/IBatches.sol";
import {IBatchLedger, Report, Unit, UnitStatus} from "./interfaces/IBatchLedger.sol";
import {Custody, Status} from "./interfaces/ICustody.sol";
import {IProductRegistry} from "./interfaces/IProductRegistry.sol";
import {BatchId} from "../types/Batch.sol";
import {ItemId, Parcel, parcelId} from "../types/Item.sol";
import {Role} from "../types/Role.sol";

/// @title BatchLedger
/// @notice Medicine from factory to patient: batches, custody, dispensing, verification.
contract BatchLedger is CustodyLedger, IBatchLedger, Multicall {
    using BitMaps for BitMaps.BitMap;
    using Custodies for mapping(ItemId item => PackedCustody);
    using Custodies for Custody;
    using BatchStates for mapping(BatchId id => PackedBatch);

    /* TYPES */

    /// @dev A unit in custody, as far as it was looked up.
    struct Stocked {
        BatchId batch;
        ItemId parcel;
        uint24 number;
        PackedCustody custody;
        PackedBatch state;
    }

    /* STORAGE */

    /// @inheritdoc IBatchLedger
    mapping(address pharmacy => mapping(address service => bool)) public isServiceOf;

    mapping(BatchId batch => BitMaps.BitMap) internal _returned;

    /* CONSTRUCTOR */

    constructor(IAccreditation accreditation, IProductRegistry products) Batches(accreditation, products) {}

    /* PHARMACY ACTIONS */

    /// @inheritdoc IBatchLedger
    function setService(address service, bool allowed) external {
        require(service != address(0), ServiceZero());

        isServiceOf[msg.sender][service] = allowed;

        emit ServiceSet(msg.sender, service, allowed);
    }

    /// @inheritdoc IBatchLedger
    function dispense(Unit calldata unit) external {
        _dispense(unit, _overTheCounter(unit), 0);
    }

    /// @inheritdoc IBatchLedger
    function returnToStock(Unit calldata unit) external {
        _returnToStock(_overTheCounter(unit), 0);
    }

    /* SERVICE ACTIONS */

    /// @inheritdoc IBatchLedger
    function dispenseOnPrescription(Unit calldata unit, address pharmacy, bytes32 prescription) external {
        _dispense(unit, _onPrescription(unit, pharmacy), prescription);
    }

    /// @inheritdoc IBatchLedger
    function returnPrescribedToStock(Unit calldata unit, address pharmacy, bytes32 prescription) external {
        _returnToStock(_onPrescription(unit, pharmacy), prescription);
    }

    /* PARTNER ACTIONS */

    /// @inheritdoc IBatchLedger
    function report(Report calldata found, address organisation, Role role) external {
        require(
            (_trades(role) || role == Role.Regulator) && _mayAct(organisation, role),
            PartnerInvalid(organisation, role)
        );
        _batches.get(found.batch);

        emit UnitReported(found.batch, organisation, found.finding, found, msg.sender);
    }

    /* VIEWS */

    /// @inheritdoc IBatchLedger
    function isDispensed(BatchId batch, uint24 number) external view returns (bool) {
        return _dispensed[batch].get(number);
    }

    /// @inheritdoc IBatchLedger
    function verify(Unit calldata unit) external view returns (UnitStatus memory status) {
        Parcel calldata parcel = unit.parcel;
        (BatchId batch, uint24 number) = (parcel.batch, unit.number);
        BatchState memory state = _batches.load(batch);
        status.isGenuine =
            _isInRange(parcel.first, parcel.count, number) &&
            number < state.units &&
            _isCommitted(batch, number, unit.serial, unit.proof);
        status.isDispensed = _dispensed[batch].get(number);
        status.isReturned = _returned[batch].get(number);
        status.isExpired = block.timestamp >= state.expiry;
        status.isBatchHeld = state.held;
        status.recall = state.recall;
        status.recallClass = state.recallClass;
        status.recallDepth = state.recallDepth;
        Custody memory custody;
        (status.root, custody) = rootCustodyOf(parcelId(batch, parcel.first, parcel.count));
        status.status = custody.status;
        status.condition = custody.condition;
        status.heldBy = custody.heldBy;
        if (custody.status != Status.InTransit) status.holder = custody.holder;
    }

    /* INTERNAL */

    /// @dev A genuine unit that is the caller's to dispense without prescription.
    function _overTheCounter(Unit calldata unit) internal view returns (Stocked memory stocked) {
        stocked = _stocked(unit);
        require(!stocked.state.isPrescriptionOnly(), PrescriptionRequired(stocked.batch));
        address pharmacy = stocked.custody.holder();
        require(_mayAct(pharmacy, Role.Pharmacy), PharmacyInvalid(pharmacy, msg.sender));
    }

    /// @dev A genuine unit of a pharmacy's that is the calling service's to dispense.
    function _onPrescription(Unit calldata unit, address pharmacy) internal view returns (Stocked memory stocked) {
        require(
            isServiceOf[pharmacy][msg.sender] && _isLive(msg.sender, Role.PrescriptionService),
            ServiceInvalid(pharmacy, msg.sender)
        );
        require(_isLive(pharmacy, Role.Pharmacy), PharmacyInvalid(pharmacy, msg.sender));
        stocked = _stocked(unit);
        Custodies.requireHolder(stocked.custody.holder(), stocked.parcel, pharmacy);
    }

    /// @dev A genuine unit in somebody's custody. Fields are read once, because each reading of calldata checks it.
    function _stocked(Unit calldata unit) internal view returns (Stocked memory stocked) {
        (BatchId batch, uint24 first, uint24 count) = (unit.parcel.batch, unit.parcel.first, unit.parcel.count);
        (uint24 number, ItemId parcel) = (unit.number, parcelId(batch, first, count));
        PackedCustody custody = _custodies[parcel];
        Custodies.requireInCustody(custody.status(), parcel);
        require(_isInRange(first, count, number), UnitNotInParcel(parcel, number));
        require(_isCommitted(batch, number, unit.serial, unit.proof), SerialNotCommitted(batch, number, unit.serial));
        stocked.batch = batch;
        stocked.parcel = parcel;
        stocked.number = number;
        stocked.custody = custody;
        stocked.state = _batches.getPacked(batch);
    }

    function _dispense(Unit calldata unit, Stocked memory stocked, bytes32 prescription) internal {
        (BatchId batch, uint24 number, PackedBatch state) = (stocked.batch, stocked.number, stocked.state);
        Custodies.requireSound(stocked.custody.condition(), stocked.parcel);
        require(!state.isRecalled(), BatchIsRecalled(batch));
        require(!state.isHeld(), BatchIsHeld(batch));
        require(block.timestamp < state.expiry(), BatchExpired(batch, state.expiry()));
        BitMaps.BitMap storage dispensed = _dispensed[batch];
        require(!dispensed.get(number), UnitAlreadyDispensed(batch, number));

        dispensed.set(number);
        if (stocked.custody.status() == Status.InCustody) _custodies[stocked.parcel] = stocked.custody.opened();

        emit UnitDispensed(batch, number, stocked.custody.holder(), unit.serial, prescription, msg.sender);
    }

    function _returnToStock(Stocked memory stocked, bytes32 prescription) internal {
        (BatchId batch, uint24 number) = (stocked.batch, stocked.number);
        require(_dispensed[batch].get(number), UnitNotDispensed(batch, number));
        require(!_returned[batch].get(number), UnitReturnedBefore(batch, number));

        _dispensed[batch].unset(number);
        _returned[batch].set(number);

        emit UnitReturned(batch, number, stocked.custody.holder(), prescription, msg.sender);
    }

    function _isInRange(uint24 first, uint24 count, uint24 number) internal pure returns (bool) {
        return first <= number && number < uint256(first) + count;
    }

    function _isCommitted(
        BatchId batch,
        uint24 number,
        bytes32 serial,
        bytes32[] calldata proof
    ) internal view returns (bool) {
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(batch, number, serial))));
        return MerkleProof.verifyCalldata(proof, rootOf[batch], leaf);
    }
}

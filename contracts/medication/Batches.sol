// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IAccreditation} from "../accreditation/interfaces/IAccreditation.sol";
import {BatchStates, PackedBatch} from "./BatchStates.sol";
import {BatchState, Commission, IBatches, RecallClass, RecallDepth} from "./interfaces/IBatches.sol";
import {IProductRegistry} from "./interfaces/IProductRegistry.sol";
import {Recalls} from "./Recalls.sol";
import {Batch, BatchId} from "../types/Batch.sol";
import {Role} from "../types/Role.sol";

/// @title Batches
/// @notice Batches of medical products: commissioned, held, recalled.
abstract contract Batches is IBatches {
    using BatchStates for mapping(BatchId id => PackedBatch);

    /* IMMUTABLES */

    /// @notice Who is licensed.
    IAccreditation public immutable ACCREDITATION;

    /// @notice Which products are authorised.
    IProductRegistry public immutable PRODUCTS;

    /* STORAGE */

    /// @inheritdoc IBatches
    mapping(BatchId id => bytes32) public rootOf;

    mapping(BatchId id => PackedBatch) internal _batches;

    /* CONSTRUCTOR */

    constructor(IAccreditation accreditation, IProductRegistry products) {
        ACCREDITATION = accreditation;
        PRODUCTS = products;
    }

    /* MANUFACTURER ACTIONS */

    /// @inheritdoc IBatches
    function commission(Batch calldata batch, Commission calldata commissioned) external {
        BatchId id = batch.toId();
        address manufacturer = PRODUCTS.manufacturerOf(batch.product);
        require(manufacturer != address(0), BatchProductUnauthorised(batch.product));
        require(
            _mayAct(manufacturer, Role.Manufacturer),
            BatchManufacturerInvalid(batch.product, manufacturer, msg.sender)
        );
        require(batch.lot != 0, BatchLotZero());
        require(commissioned.units != 0 && commissioned.root != 0, BatchEmpty(commissioned.units, commissioned.root));
        require(block.timestamp < commissioned.expiry, BatchExpired(id, commissioned.expiry));
        require(rootOf[id] == 0, BatchExists(id));

        BatchState memory state;
        state.manufacturer = manufacturer;
        state.units = commissioned.units;
        state.expiry = commissioned.expiry;
        state.prescriptionOnly = PRODUCTS.isPrescriptionOnly(batch.product);
        _batches.set(id, state);
        rootOf[id] = commissioned.root;
        _createParcel(id, commissioned.units, manufacturer);

        emit BatchCommissioned(id, batch.product, manufacturer, batch.lot, commissioned, msg.sender);
    }

    /* ANYBODY */

    /// @inheritdoc IBatches
    function refresh(Batch calldata batch) external {
        BatchId id = batch.toId();
        BatchState memory state = _batches.get(id);

        state.prescriptionOnly = PRODUCTS.isPrescriptionOnly(batch.product);
        _batches.set(id, state);

        emit BatchRefreshed(id, state.prescriptionOnly);
    }

    /* RECALLS */

    /// @inheritdoc IBatches
    function recall(
        BatchId id,
        address organisation,
        RecallClass recallClass,
        RecallDepth recallDepth,
        bytes32 notice
    ) external {
        Recalls.recall(_batches, ACCREDITATION, id, organisation, recallClass, recallDepth, notice);
    }

    /// @inheritdoc IBatches
    function terminateRecall(BatchId id, address regulator, bytes32 notice) external {
        Recalls.terminate(_batches, ACCREDITATION, id, regulator, notice);
    }

    /// @inheritdoc IBatches
    function rescindRecall(BatchId id, address regulator, bytes32 notice) external {
        Recalls.rescind(_batches, ACCREDITATION, id, regulator, notice);
    }

    /* HOLDS */

    /// @inheritdoc IBatches
    function holdBatch(BatchId id, address regulator, bytes32 evidence) external {
        Recalls.setHold(_batches, ACCREDITATION, id, regulator, true, evidence);
    }

    /// @inheritdoc IBatches
    function releaseBatch(BatchId id, address regulator, bytes32 evidence) external {
        Recalls.setHold(_batches, ACCREDITATION, id, regulator, false, evidence);
    }

    /* VIEWS */

    /// @inheritdoc IBatches
    function batchOf(BatchId id) external view returns (BatchState memory) {
        return _batches.load(id);
    }

    /* INTERNAL */

    function _actsFor(address organisation) internal view returns (bool) {
        return ACCREDITATION.actsFor(msg.sender, organisation);
    }

    function _isLive(address organisation, Role role) internal view returns (bool) {
        return ACCREDITATION.isLive(organisation, role);
    }

    function _mayAct(address organisation, Role role) internal view returns (bool) {
        return ACCREDITATION.mayAct(msg.sender, organisation, role);
    }

    /// @dev All units of a new batch become one parcel in its manufacturer's custody.
    function _createParcel(BatchId id, uint24 units, address manufacturer) internal virtual;
}

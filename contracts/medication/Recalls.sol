// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IAccreditation} from "../accreditation/interfaces/IAccreditation.sol";
import {BatchStates, PackedBatch} from "./BatchStates.sol";
import {BatchState, IBatches, RecallClass, RecallDepth, RecallStatus} from "./interfaces/IBatches.sol";
import {BatchId} from "../types/Batch.sol";
import {Role} from "../types/Role.sol";

/// @title Recalls
/// @notice Recalls batches and holds them. Linked to the ledger.
library Recalls {
    using BatchStates for mapping(BatchId id => PackedBatch);

    /// @notice Recalls a batch: `IBatches.recall`.
    /// @param batches The ledger's batches.
    /// @param accreditation Who is licensed.
    /// @param id The batch.
    /// @param organisation The manufacturer, or a licensed Regulator.
    /// @param recallClass How dangerous.
    /// @param recallDepth Down to whom.
    /// @param notice Digest of the notice.
    function recall(
        mapping(BatchId id => PackedBatch) storage batches,
        IAccreditation accreditation,
        BatchId id,
        address organisation,
        RecallClass recallClass,
        RecallDepth recallDepth,
        bytes32 notice
    ) external {
        BatchState memory state = batches.get(id);
        if (organisation == state.manufacturer) {
            require(
                accreditation.actsFor(msg.sender, organisation),
                IBatches.BatchUnauthorized(id, organisation, msg.sender)
            );
            // An untouched batch is unclassified and of the least depth, so the first recall only raises.
            require(
                recallClass >= state.recallClass && recallDepth >= state.recallDepth,
                IBatches.RecallLowered(id, state.recallClass, state.recallDepth)
            );
        } else {
            _requireRegulator(accreditation, id, organisation);
        }

        state.recall = RecallStatus.Ongoing;
        state.recallClass = recallClass;
        state.recallDepth = recallDepth;
        batches.set(id, state);

        emit IBatches.BatchRecalled(id, organisation, recallClass, recallDepth, notice, msg.sender);
    }

    /// @notice Closes a recall: `IBatches.terminateRecall`.
    /// @param batches The ledger's batches.
    /// @param accreditation Who is licensed.
    /// @param id The batch.
    /// @param regulator The licensed Regulator the caller is, or acts for.
    /// @param notice Digest of the notice.
    function terminate(
        mapping(BatchId id => PackedBatch) storage batches,
        IAccreditation accreditation,
        BatchId id,
        address regulator,
        bytes32 notice
    ) external {
        BatchState memory state = _regulated(batches, accreditation, id, regulator);
        require(state.recall == RecallStatus.Ongoing, IBatches.RecallMissing(id, state.recall));

        state.recall = RecallStatus.Terminated;
        batches.set(id, state);

        emit IBatches.RecallTerminated(id, regulator, notice, msg.sender);
    }

    /// @notice Takes a recall back: `IBatches.rescindRecall`.
    /// @param batches The ledger's batches.
    /// @param accreditation Who is licensed.
    /// @param id The batch.
    /// @param regulator The licensed Regulator the caller is, or acts for.
    /// @param notice Digest of the notice.
    function rescind(
        mapping(BatchId id => PackedBatch) storage batches,
        IAccreditation accreditation,
        BatchId id,
        address regulator,
        bytes32 notice
    ) external {
        BatchState memory state = _regulated(batches, accreditation, id, regulator);
        require(state.recall != RecallStatus.None, IBatches.RecallMissing(id, state.recall));

        state.recall = RecallStatus.None;
        state.recallClass = RecallClass.Unclassified;
        state.recallDepth = RecallDepth.Wholesale;
        batches.set(id, state);

        emit IBatches.RecallRescinded(id, regulator, notice, msg.sender);
    }

    /// @notice Holds or releases a batch: `IBatches.holdBatch`, `IBatches.releaseBatch`.
    /// @param batches The ledger's batches.
    /// @param accreditation Who is licensed.
    /// @param id The batch.
    /// @param regulator The licensed Regulator the caller is, or acts for.
    /// @param held Whether it is held from now on.
    /// @param evidence Digest of the evidence.
    function setHold(
        mapping(BatchId id => PackedBatch) storage batches,
        IAccreditation accreditation,
        BatchId id,
        address regulator,
        bool held,
        bytes32 evidence
    ) external {
        BatchState memory state = _regulated(batches, accreditation, id, regulator);
        require(state.held != held, IBatches.BatchHoldUnchanged(id, held));

        state.held = held;
        batches.set(id, state);

        emit IBatches.BatchHoldSet(id, regulator, held, evidence, msg.sender);
    }

    function _regulated(
        mapping(BatchId id => PackedBatch) storage batches,
        IAccreditation accreditation,
        BatchId id,
        address regulator
    ) internal view returns (BatchState memory state) {
        state = batches.get(id);
        _requireRegulator(accreditation, id, regulator);
    }

    function _requireRegulator(IAccreditation accreditation, BatchId id, address regulator) internal view {
        require(
            accreditation.mayAct(msg.sender, regulator, Role.Regulator),
            IBatches.BatchUnauthorized(id, regulator, msg.sender)
        );
    }
}

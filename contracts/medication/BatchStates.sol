// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {BatchState, IBatches, RecallClass, RecallDepth, RecallStatus} from "./interfaces/IBatches.sol";
import {BatchId} from "../types/Batch.sol";

/// @notice A `BatchState` in its slot: the manufacturer in the lowest 160 bits, then its other fields in order.
/// @dev Packed by hand, as custody is.
type PackedBatch is uint256;

using {manufacturer, expiry, isRecalled, isHeld, isPrescriptionOnly, isSafe} for PackedBatch global;

function manufacturer(PackedBatch batch) pure returns (address) {
    return address(uint160(PackedBatch.unwrap(batch)));
}

function expiry(PackedBatch batch) pure returns (uint40) {
    return uint40(PackedBatch.unwrap(batch) >> 184);
}

function isRecalled(PackedBatch batch) pure returns (bool) {
    return (PackedBatch.unwrap(batch) >> 224) & 0xf != 0;
}

function isHeld(PackedBatch batch) pure returns (bool) {
    return (PackedBatch.unwrap(batch) >> 240) & 1 == 1;
}

function isPrescriptionOnly(PackedBatch batch) pure returns (bool) {
    return PackedBatch.unwrap(batch) >> 248 == 1;
}

/// @dev Neither recalled nor held nor expired.
function isSafe(PackedBatch batch) view returns (bool) {
    return !batch.isRecalled() && !batch.isHeld() && block.timestamp < batch.expiry();
}

/// @title BatchStates
/// @notice Reads and stores batches, the same way everywhere.
library BatchStates {
    function set(mapping(BatchId id => PackedBatch) storage self, BatchId id, BatchState memory state) internal {
        self[id] = PackedBatch.wrap(
            uint256(uint160(state.manufacturer)) |
                (uint256(state.units) << 160) |
                (uint256(state.expiry) << 184) |
                (uint256(state.recall) << 224) |
                (uint256(state.recallClass) << 228) |
                (uint256(state.recallDepth) << 232) |
                (state.held ? 1 << 240 : 0) |
                (state.prescriptionOnly ? 1 << 248 : 0)
        );
    }

    /// @dev All zero when there is no such batch.
    function load(
        mapping(BatchId id => PackedBatch) storage self,
        BatchId id
    ) internal view returns (BatchState memory state) {
        uint256 packed = PackedBatch.unwrap(self[id]);
        state.manufacturer = address(uint160(packed));
        state.units = uint24(packed >> 160);
        state.expiry = uint40(packed >> 184);
        state.recall = RecallStatus((packed >> 224) & 0xf);
        state.recallClass = RecallClass((packed >> 228) & 0xf);
        state.recallDepth = RecallDepth((packed >> 232) & 0xf);
        state.held = (packed >> 240) & 1 == 1;
        state.prescriptionOnly = packed >> 248 == 1;
    }

    function getPacked(
        mapping(BatchId id => PackedBatch) storage self,
        BatchId id
    ) internal view returns (PackedBatch batch) {
        batch = self[id];
        require(PackedBatch.unwrap(batch) != 0, IBatches.BatchUnknown(id));
    }

    function get(
        mapping(BatchId id => PackedBatch) storage self,
        BatchId id
    ) internal view returns (BatchState memory state) {
        state = load(self, id);
        require(state.units != 0, IBatches.BatchUnknown(id));
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {BatchId} from "./Batch.sol";

/// @notice An item's id: the first 20 bytes of the hash of its key, so that it fits a custody slot beside the rest.
/// @dev As hard to collide as an Ethereum address is.
type ItemId is bytes20;

/// @notice A contiguous range of a batch's units.
struct Parcel {
    BatchId batch;
    /// The number of its first unit within the batch.
    uint24 first;
    /// How many units.
    uint24 count;
}

/// @notice A case, pallet or tote: one item whatever it holds.
struct Container {
    /// Who packed it first, so that nobody can take another's label.
    address packer;
    /// What is printed on it. ASCII `sscc:` and 18 digits; for a case with a serial of its own the keccak256 of
    /// `sgtin:`, 14 digits, a full stop and the serial.
    bytes32 label;
    /// Every batch that may be inside, strictly ascending. Part of the identity, because a recall must stop a closed
    /// container too and looking inside would cost a read an item.
    BatchId[] batches;
}

/// @notice What is handed over together.
struct Items {
    Parcel[] parcels;
    Container[] containers;
}

using ItemLists for Items global;

/// @dev A parcel's id, from its fields: cheaper than by way of memory.
function parcelId(BatchId batch, uint24 first, uint24 count) pure returns (ItemId) {
    return ItemId.wrap(bytes20(keccak256(abi.encode(batch, first, count))));
}

/// @dev A container's id.
function containerId(Container calldata container) pure returns (ItemId) {
    return ItemId.wrap(bytes20(keccak256(abi.encode(container))));
}

/// @title ItemLists
/// @notice Walks parcels and containers as one list.
library ItemLists {
    function length(Items calldata items) internal pure returns (uint256) {
        return items.parcels.length + items.containers.length;
    }

    /// @dev The item at a place, parcels first, and the batches it is of.
    function get(Items calldata items, uint256 place) internal pure returns (ItemId id, BatchId[] memory batches) {
        uint256 parcels = items.parcels.length;
        if (place < parcels) {
            Parcel calldata parcel = items.parcels[place];
            batches = new BatchId[](1);
            batches[0] = parcel.batch;
            return (parcelId(parcel.batch, parcel.first, parcel.count), batches);
        }
        Container calldata container = items.containers[place - parcels];
        return (containerId(container), container.batches);
    }
}

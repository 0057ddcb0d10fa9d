// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";

import {Custodies, PackedCustody} from "./Custodies.sol";
import {Custody, ICustody, Status} from "./interfaces/ICustody.sol";
import {BatchId} from "../types/Batch.sol";
import {Container, containerId, ItemId, Items, Parcel, parcelId} from "../types/Item.sol";

/// @title Packaging
/// @notice Splits parcels, packs and unpacks containers. Linked to the ledger, which checks who calls.
library Packaging {
    using Custodies for mapping(ItemId item => PackedCustody);
    using Custodies for Custody;
    using SafeCast for uint256;

    /* CONSTANTS */

    /// @dev Levels of items a container may have inside.
    uint8 internal constant MAX_HEIGHT = 4;

    /// @dev Up to how many units of a part are looked at when an opened parcel is split: 256 words.
    uint256 internal constant MAX_INSPECTED = 65_536;

    /* HOLDER ACTIONS */

    /// @notice Splits a parcel in custody: `ICustody.split`.
    /// @param custodies The ledger's custody.
    /// @param dispensed Which units of the parcel's batch are dispensed.
    /// @param parcel The parcel.
    /// @param counts How many units each new parcel has.
    function split(
        mapping(ItemId item => PackedCustody) storage custodies,
        BitMaps.BitMap storage dispensed,
        Parcel calldata parcel,
        uint24[] calldata counts
    ) external {
        ItemId id = parcelId(parcel.batch, parcel.first, parcel.count);
        Custody memory custody = custodies.get(id);
        bool isOpened = custody.status == Status.Opened;

        custodies.remove(id);
        uint256 sum;
        for (uint256 i; i < counts.length; ++i) {
            uint24 count = counts[i];
            // Nothing is made past the parcel's end, so the narrowing below is safe.
            require(count != 0 && sum + count <= parcel.count, ICustody.SplitInvalid(id, sum + count, parcel.count));
            Parcel memory part = Parcel({batch: parcel.batch, first: parcel.first + uint24(sum), count: count});
            custody.status = isOpened && _mayBeOpened(dispensed, part) ? Status.Opened : Status.InCustody;
            custodies.set(parcelId(part.batch, part.first, part.count), custody);
            sum += count;
        }
        // An opened parcel may be looked at as it is: whole again once its units are back.
        require((counts.length > 1 || isOpened) && sum == parcel.count, ICustody.SplitInvalid(id, sum, parcel.count));

        emit ICustody.ParcelSplit(parcel.batch, id, parcel.first, counts, msg.sender);
    }

    /// @notice Packs items: `ICustody.pack`.
    /// @param custodies The ledger's custody.
    /// @param container The container, or its id.
    /// @param items The items.
    /// @param holder Who holds them; the ledger made sure that the caller acts for it.
    function pack(
        mapping(ItemId item => PackedCustody) storage custodies,
        Container calldata container,
        Items calldata items,
        address holder
    ) external {
        ItemId id = containerId(container);
        uint256 length = items.length();
        Custodies.requireSome(length);
        Custody memory outer = custodies.load(id);
        if (outer.status == Status.None) {
            require(container.packer == holder, ICustody.ContainerNotYours(id, container.packer));
            require(container.label != 0 && _isAscending(container.batches), ICustody.ContainerInvalid(id));
            outer = Custodies.inCustodyOf(holder);

            emit ICustody.ContainerMade(id, container.label, holder, container.batches);
        } else {
            outer.requireHeld(id, holder);
            Custodies.requireSound(outer.condition, id);
        }

        for (uint256 i; i < length; ++i) {
            (ItemId item, BatchId[] memory batches) = items.get(i);
            require(ItemId.unwrap(item) != ItemId.unwrap(id), ICustody.ContainerInItself(id));
            Custody memory inner = custodies.get(item);
            inner.requireHeld(item, holder);
            Custodies.requireSound(inner.condition, item);
            _requireAmong(id, container.batches, batches);
            require(inner.height < MAX_HEIGHT, ICustody.ContainerTooDeep(id));
            if (inner.height >= outer.height) outer.height = inner.height + 1;

            inner.status = Status.Packed;
            inner.holder = address(ItemId.unwrap(id));
            custodies.put(item, inner);

            emit ICustody.ItemPacked(id, item, holder, msg.sender);
        }
        outer.items = (outer.items + length).toUint24();
        custodies.set(id, outer);
    }

    /// @notice Unpacks items: `ICustody.unpack`.
    /// @param custodies The ledger's custody.
    /// @param container The container, or its id.
    /// @param items The items.
    /// @param holder Who holds them; the ledger made sure that the caller acts for it.
    function unpack(
        mapping(ItemId item => PackedCustody) storage custodies,
        ItemId container,
        ItemId[] calldata items,
        address holder
    ) external {
        Custodies.requireSome(items.length);
        Custody memory outer = custodies.get(container);
        outer.requireHeld(container, holder);

        for (uint256 i; i < items.length; ++i) {
            ItemId item = items[i];
            Custody memory inner = custodies.get(item);
            require(
                inner.status == Status.Packed && inner.holder == address(ItemId.unwrap(container)),
                ICustody.ItemNotInside(item, container)
            );

            inner.status = Status.InCustody;
            inner.holder = holder;
            // What was held, suspect or illegitimate as a whole stays so in parts.
            inner.condition = outer.condition;
            inner.heldBy = outer.heldBy;
            custodies.put(item, inner);

            emit ICustody.ItemUnpacked(container, item, holder, msg.sender);
        }
        // No underflow: every item inside was counted in.
        outer.items -= uint24(items.length);
        if (outer.items == 0) custodies.remove(container);
        else custodies.set(container, outer);
    }

    /* INTERNAL */

    /// @dev Whether units of a part of an opened parcel may have been dispensed.
    function _mayBeOpened(BitMaps.BitMap storage dispensed, Parcel memory part) internal view returns (bool) {
        if (part.count > MAX_INSPECTED) return true;
        uint256 end = uint256(part.first) + part.count;
        for (uint256 bucket = part.first >> 8; bucket << 8 < end; ++bucket) {
            uint256 word = dispensed._data[bucket];
            // Outside the part, the first and the last word hold other parcels' units.
            if (bucket == part.first >> 8) word = (word >> (part.first & 0xff)) << (part.first & 0xff);
            if (end < (bucket + 1) << 8) word &= (1 << (end & 0xff)) - 1;
            if (word != 0) return true;
        }
        return false;
    }

    function _requireAmong(ItemId container, BatchId[] calldata batches, BatchId[] memory inside) internal pure {
        for (uint256 i; i < inside.length; ++i) {
            bool isAmong;
            for (uint256 j; j < batches.length && !isAmong; ++j) isAmong = batches[j] == inside[i];
            require(isAmong, ICustody.ContainerBatchMissing(container, inside[i]));
        }
    }

    function _isAscending(BatchId[] calldata batches) internal pure returns (bool) {
        for (uint256 i = 1; i < batches.length; ++i) {
            if (BatchId.unwrap(batches[i - 1]) >= BatchId.unwrap(batches[i])) return false;
        }
        return batches.length != 0;
    }
}

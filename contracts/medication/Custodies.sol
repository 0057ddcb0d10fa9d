// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Authority, Condition, Custody, ICustody, Status} from "./interfaces/ICustody.sol";
import {ItemId} from "../types/Item.sol";

/// @notice A `Custody` in its slot: holder in the lowest 160 bits, then its other fields in order.
/// @dev Packed by hand: the compiler reads and writes a slot once for each field of a struct, which cost a pallet's
/// shipment 3,000 gas.
type PackedCustody is uint256;

/// @dev Condition, authority, height and items: what stays when an item moves.
uint256 constant KEPT_WHEN_MOVED = 0xffffffffffff << 168;

using {holder, status, condition, moved, opened} for PackedCustody global;

function holder(PackedCustody custody) pure returns (address) {
    return address(uint160(PackedCustody.unwrap(custody)));
}

function status(PackedCustody custody) pure returns (Status) {
    return Status(uint8(PackedCustody.unwrap(custody) >> 160));
}

function condition(PackedCustody custody) pure returns (Condition) {
    return Condition(uint8(PackedCustody.unwrap(custody) >> 168));
}

/// @dev The same item somewhere else from now on.
function moved(PackedCustody custody, Status to, address by) view returns (PackedCustody) {
    uint256 kept = PackedCustody.unwrap(custody) & KEPT_WHEN_MOVED;
    return PackedCustody.wrap(kept | uint256(uint160(by)) | (uint256(to) << 160) | (block.timestamp << 216));
}

/// @dev The same item, with units dispensed from it.
function opened(PackedCustody custody) pure returns (PackedCustody) {
    uint256 kept = PackedCustody.unwrap(custody) & ~(uint256(type(uint8).max) << 160);
    return PackedCustody.wrap(kept | (uint256(Status.Opened) << 160));
}

/// @title Custodies
/// @notice Reads, checks and stores custody, the same way everywhere.
library Custodies {
    /// @dev Stores where an item is from now on.
    function put(mapping(ItemId item => PackedCustody) storage self, ItemId item, Custody memory custody) internal {
        custody.since = uint40(block.timestamp);
        set(self, item, custody);
    }

    /// @dev Stores custody that has not moved.
    function set(mapping(ItemId item => PackedCustody) storage self, ItemId item, Custody memory custody) internal {
        self[item] = PackedCustody.wrap(
            uint256(uint160(custody.holder)) |
                (uint256(custody.status) << 160) |
                (uint256(custody.condition) << 168) |
                (uint256(custody.heldBy) << 176) |
                (uint256(custody.height) << 184) |
                (uint256(custody.items) << 192) |
                (uint256(custody.since) << 216)
        );
    }

    function remove(mapping(ItemId item => PackedCustody) storage self, ItemId item) internal {
        self[item] = PackedCustody.wrap(0);
    }

    /// @dev All zero when there is no such item.
    function load(
        mapping(ItemId item => PackedCustody) storage self,
        ItemId item
    ) internal view returns (Custody memory custody) {
        uint256 packed = PackedCustody.unwrap(self[item]);
        custody.holder = address(uint160(packed));
        custody.status = Status(uint8(packed >> 160));
        custody.condition = Condition(uint8(packed >> 168));
        custody.heldBy = Authority(uint8(packed >> 176));
        custody.height = uint8(packed >> 184);
        custody.items = uint24(packed >> 192);
        custody.since = uint40(packed >> 216);
    }

    function get(
        mapping(ItemId item => PackedCustody) storage self,
        ItemId item
    ) internal view returns (Custody memory custody) {
        custody = load(self, item);
        require(custody.status != Status.None, ICustody.ItemUnknown(item));
    }

    function requireHeld(Custody memory custody, ItemId item, address by) internal pure {
        requireStatus(custody.status, item, Status.InCustody);
        requireHolder(custody.holder, item, by);
    }

    function requireStatus(Status found, ItemId item, Status expected) internal pure {
        require(found != Status.None, ICustody.ItemUnknown(item));
        require(found == expected, ICustody.ItemStatusInvalid(item, found));
    }

    /// @dev In custody, whole or opened.
    function requireInCustody(Status found, ItemId item) internal pure {
        requireStatus(found, item, found == Status.Opened ? Status.Opened : Status.InCustody);
    }

    function requireHolder(address found, ItemId item, address expected) internal pure {
        require(found == expected, ICustody.ItemNotHeldBy(item, expected));
    }

    function requireSound(Condition found, ItemId item) internal pure {
        require(found == Condition.Sound, ICustody.ItemNotSound(item, found));
    }

    function inCustodyOf(address by) internal view returns (Custody memory custody) {
        custody.holder = by;
        custody.status = Status.InCustody;
        custody.since = uint40(block.timestamp);
    }

    function requireSome(uint256 length) internal pure {
        require(length != 0, ICustody.ItemsMissing());
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";

import {Batches} from "./Batches.sol";
import {BatchStates, PackedBatch} from "./BatchStates.sol";
import {Conditions} from "./Conditions.sol";
import {Custodies, PackedCustody} from "./Custodies.sol";
import {Condition, Custody, Handover, ICustody, Party, Reason, Status} from "./interfaces/ICustody.sol";
import {Packaging} from "./Packaging.sol";
import {BatchId} from "../types/Batch.sol";
import {Container, containerId, ItemId, Items, Parcel, parcelId} from "../types/Item.sol";
import {Role} from "../types/Role.sol";

/// @title CustodyLedger
/// @notice Who holds which parcels and containers, from the manufacturer on.
abstract contract CustodyLedger is Batches, ICustody {
    using Custodies for mapping(ItemId item => PackedCustody);
    using Custodies for Custody;
    using BatchStates for mapping(BatchId id => PackedBatch);

    /* CONSTANTS */

    /// @dev The roles that trade in medical products, a bit each.
    uint256 internal constant TRADING_ROLES =
        (1 << uint256(Role.Manufacturer)) |
            (1 << uint256(Role.Distributor)) |
            (1 << uint256(Role.Pharmacy)) |
            (1 << uint256(Role.Provider));

    /* STORAGE */

    mapping(ItemId item => PackedCustody) internal _custodies;

    mapping(BatchId batch => BitMaps.BitMap) internal _dispensed;

    /* PARCELS AND CONTAINERS */

    /// @inheritdoc ICustody
    function split(Parcel calldata parcel, uint24[] calldata counts) external {
        ItemId id = parcelId(parcel.batch, parcel.first, parcel.count);
        PackedCustody custody = _custodies[id];
        Custodies.requireInCustody(custody.status(), id);
        _requireActsFor(custody.holder());

        Packaging.split(_custodies, _dispensed[parcel.batch], parcel, counts);
    }

    /// @inheritdoc ICustody
    function pack(Container calldata container, Items calldata items, address holder) external {
        _requireActsFor(holder);

        Packaging.pack(_custodies, container, items, holder);
    }

    /// @inheritdoc ICustody
    function unpack(ItemId container, ItemId[] calldata items, address holder) external {
        _requireActsFor(holder);

        Packaging.unpack(_custodies, container, items, holder);
    }

    /* HANDOVER */

    /// @inheritdoc ICustody
    function ship(Items calldata items, Handover calldata handover, bytes32 document) external {
        (address from, address to) = (handover.from, handover.to);
        require(from != to, ConsigneeIsConsignor(from));
        _requireActsFor(from);
        require(_trades(handover.toRole) && _isLive(to, handover.toRole), PartnerInvalid(to, handover.toRole));
        // Who lost its licence sends goods back, but not on to where they are used.
        bool isOnward = handover.toRole == Role.Pharmacy || handover.toRole == Role.Provider;
        require(
            !isOnward || (_trades(handover.fromRole) && _isLive(from, handover.fromRole)),
            PartnerInvalid(from, handover.fromRole)
        );

        Custodies.requireSome(items.length());
        for (uint256 i; i < items.parcels.length; ++i) {
            Parcel calldata parcel = items.parcels[i];
            ItemId item = parcelId(parcel.batch, parcel.first, parcel.count);
            bool isSound = _ship(item, handover, document);
            require(_mayReach(isSound, parcel.batch, handover), GoodsUnsafe(item));
        }
        for (uint256 i; i < items.containers.length; ++i) {
            Container calldata container = items.containers[i];
            ItemId item = containerId(container);
            bool isSound = _ship(item, handover, document);
            for (uint256 j; j < container.batches.length; ++j) {
                require(_mayReach(isSound, container.batches[j], handover), GoodsUnsafe(item));
            }
        }
    }

    /// @inheritdoc ICustody
    function receiveItems(ItemId[] calldata items, address from, address to, Role role) external {
        require(_trades(role) && _mayAct(to, role), PartnerInvalid(to, role));

        Custodies.requireSome(items.length);
        for (uint256 i; i < items.length; ++i) {
            _arrive(items[i], from, to, to);

            emit ItemReceived(items[i], from, to, msg.sender);
        }
    }

    /// @inheritdoc ICustody
    function reject(ItemId[] calldata items, address from, address to) external {
        _requireActsFor(to);

        _return(items, from, to, true);
    }

    /// @inheritdoc ICustody
    function cancelShipment(ItemId[] calldata items, address from, address to) external {
        _requireActsFor(from);

        _return(items, from, to, false);
    }

    /* CONDITION */

    /// @inheritdoc ICustody
    function setCondition(
        Items calldata items,
        Party calldata by,
        Condition condition,
        Reason reason,
        bytes32 evidence
    ) external {
        Conditions.setCondition(_custodies, _batches, ACCREDITATION, items, by, condition, reason, evidence);
    }

    /* LOSS */

    /// @inheritdoc ICustody
    function destroy(ItemId[] calldata items, address holder, bytes32 evidence) external {
        _requireActsFor(holder);

        Conditions.lose(_custodies, items, holder, Status.Destroyed, evidence);
    }

    /// @inheritdoc ICustody
    function reportMissing(ItemId[] calldata items, address holder, bytes32 evidence) external {
        _requireActsFor(holder);

        Conditions.lose(_custodies, items, holder, Status.Missing, evidence);
    }

    /// @inheritdoc ICustody
    function recover(ItemId[] calldata items, address holder, bytes32 evidence) external {
        _requireActsFor(holder);

        Conditions.recover(_custodies, items, holder, evidence);
    }

    /* VIEWS */

    /// @inheritdoc ICustody
    function custodyOf(ItemId item) external view returns (Custody memory) {
        return _custodies.load(item);
    }

    /// @inheritdoc ICustody
    function rootCustodyOf(ItemId item) public view returns (ItemId root, Custody memory custody) {
        root = item;
        custody = _custodies.load(item);
        // At most four times: containers nest no deeper.
        while (custody.status == Status.Packed) {
            root = ItemId.wrap(bytes20(custody.holder));
            custody = _custodies.load(root);
        }
    }

    /* INTERNAL */

    function _createParcel(BatchId id, uint24 units, address manufacturer) internal override {
        _custodies.set(parcelId(id, 0, units), Custodies.inCustodyOf(manufacturer));
    }

    function _requireActsFor(address organisation) internal view {
        require(_actsFor(organisation), CustodyUnauthorized(organisation, msg.sender));
    }

    function _trades(Role role) internal pure returns (bool) {
        return (TRADING_ROLES >> uint256(role)) & 1 == 1;
    }

    /// @dev What stands for the two parties while an item is on its way, so that one slot suffices.
    function _transit(address from, address to) internal pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encode(from, to)))));
    }

    /// @dev Puts an item on its way, and says whether it is sound.
    function _ship(ItemId item, Handover calldata handover, bytes32 document) internal returns (bool) {
        (address from, address to) = (handover.from, handover.to);
        PackedCustody custody = _custodies[item];
        Custodies.requireStatus(custody.status(), item, Status.InCustody);
        Custodies.requireHolder(custody.holder(), item, from);

        _custodies[item] = custody.moved(Status.InTransit, _transit(from, to));

        emit ItemShipped(item, from, to, document, msg.sender);
        return custody.condition() == Condition.Sound;
    }

    /// @dev Whether goods are safe, or go back: to a distributor, or home to their manufacturer.
    function _mayReach(bool isSound, BatchId batch, Handover calldata handover) internal view returns (bool) {
        Role role = handover.toRole;
        if (role == Role.Distributor) return true;
        PackedBatch state = _batches.getPacked(batch);
        return (isSound && state.isSafe()) || (role == Role.Manufacturer && state.manufacturer() == handover.to);
    }

    function _arrive(ItemId item, address from, address to, address holder) internal {
        PackedCustody custody = _custodies[item];
        require(custody.status() != Status.None, ItemUnknown(item));
        require(
            custody.status() == Status.InTransit && custody.holder() == _transit(from, to),
            ShipmentUnknown(item, from, to)
        );

        _custodies[item] = custody.moved(Status.InCustody, holder);
    }

    function _return(ItemId[] calldata items, address from, address to, bool rejected) internal {
        Custodies.requireSome(items.length);
        for (uint256 i; i < items.length; ++i) {
            _arrive(items[i], from, to, from);

            emit ItemReturned(items[i], from, to, rejected, msg.sender);
        }
    }
}

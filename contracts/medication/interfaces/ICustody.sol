// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {BatchId} from "../../types/Batch.sol";
import {Container, ItemId, Items, Parcel} from "../../types/Item.sol";
import {Role} from "../../types/Role.sol";

/// @notice Where an item is. The order is part of the ABI: append only.
enum Status {
    /// No such item: never made, split up, or emptied.
    None,
    InCustody,
    /// In custody, and units of it were dispensed: it is split before the rest moves on.
    Opened,
    InTransit,
    Packed,
    Missing,
    Destroyed
}

/// @notice What is known against an item. The order is part of the ABI: append only.
enum Condition {
    Sound,
    /// Quarantined: not sellable until released.
    OnHold,
    /// Suspect product (FD&C Act 581(21)).
    Suspect,
    /// Illegitimate product (FD&C Act 581(8)), for good.
    Illegitimate
}

/// @notice Why a condition was set. The order is part of the ABI: append only.
enum Reason {
    Other,
    TemperatureExcursion,
    Damage,
    Quality,
    Documents,
    Counterfeit,
    Theft
}

/// @notice On whose authority a condition was set, in ascending order. The order is part of the ABI: append only.
enum Authority {
    None,
    Holder,
    Manufacturer,
    Regulator
}

/// @notice An item's custody. One storage slot.
struct Custody {
    /// In custody, missing or destroyed: who holds, or last held it. In transit: the last 20 bytes of
    /// `keccak256(abi.encode(from, to))`. Packed: the container's id.
    address holder;
    Status status;
    Condition condition;
    /// On whose authority it is not sound.
    Authority heldBy;
    /// Levels of items inside: 0 for a parcel.
    uint8 height;
    /// Items directly inside a container.
    uint24 items;
    /// When it got where it is, in Unix seconds.
    uint40 since;
}

/// @notice Who hands over to whom, and in which roles they trade.
struct Handover {
    address from;
    Role fromRole;
    address to;
    Role toRole;
}

/// @notice An organisation, and on what authority it acts on items.
struct Party {
    address organisation;
    Authority authority;
}

/// @title ICustody
/// @notice Who holds which parcels and containers, from the manufacturer on.
/// @dev The holder is the owner; third-party logistics act as its staff. Items are named by their id, or, where their
/// batches matter, by their key; an item that was split, emptied or never made is `ItemUnknown`. Every function acts on
/// all of its items or on none.
interface ICustody {
    /// @notice A parcel was split; it is no more, the new ones are.
    /// @param batch Of which batch.
    /// @param parcel The parcel's id.
    /// @param first The number of its first unit.
    /// @param counts How many units each new parcel has, in order.
    /// @param actor Who acted for the holder.
    event ParcelSplit(BatchId indexed batch, ItemId indexed parcel, uint24 first, uint24[] counts, address actor);

    /// @notice A container was made, or made again after it had been emptied.
    /// @param id The container's id.
    /// @param label What is printed on it.
    /// @param packer Who packed it first, and holds it.
    /// @param batches Every batch that may be inside.
    event ContainerMade(ItemId indexed id, bytes32 indexed label, address indexed packer, BatchId[] batches);

    /// @notice An item was packed into a container.
    /// @param container The container's id.
    /// @param item The item's id.
    /// @param holder Who holds both.
    /// @param actor Who acted for the holder.
    event ItemPacked(ItemId indexed container, ItemId indexed item, address indexed holder, address actor);

    /// @notice An item was taken out of a container.
    /// @param container The container's id.
    /// @param item The item's id.
    /// @param holder Who holds both.
    /// @param actor Who acted for the holder.
    event ItemUnpacked(ItemId indexed container, ItemId indexed item, address indexed holder, address actor);

    /// @notice An item was shipped.
    /// @param item The item's id.
    /// @param from Who sent it.
    /// @param to Who is to receive it.
    /// @param document Digest of the shipping document.
    /// @param actor Who acted for the sender.
    event ItemShipped(ItemId indexed item, address indexed from, address indexed to, bytes32 document, address actor);

    /// @notice An item was received.
    /// @param item The item's id.
    /// @param from Who sent it.
    /// @param to Who holds it now.
    /// @param actor Who acted for the receiver.
    event ItemReceived(ItemId indexed item, address indexed from, address indexed to, address actor);

    /// @notice A shipment ended without a handover; the item is the sender's again.
    /// @param item The item's id.
    /// @param from Who sent it, and holds it now.
    /// @param to Who was to receive it.
    /// @param rejected Whether the receiver refused it; otherwise the sender cancelled.
    /// @param actor Who acted for either.
    event ItemReturned(ItemId indexed item, address indexed from, address indexed to, bool rejected, address actor);

    /// @notice What is known against an item changed.
    /// @param item The item's id.
    /// @param organisation Who found so.
    /// @param condition The condition now.
    /// @param authority On what authority.
    /// @param reason Why.
    /// @param evidence Digest of the evidence, such as a temperature log.
    /// @param actor Who acted for the organisation.
    event ConditionSet(
        ItemId indexed item,
        address indexed organisation,
        Condition indexed condition,
        Authority authority,
        Reason reason,
        bytes32 evidence,
        address actor
    );

    /// @notice An item was destroyed, went missing, or was found again.
    /// @param item The item's id.
    /// @param holder Who holds, or last held it.
    /// @param status `Destroyed`, `Missing`, or `InCustody` when it was found again.
    /// @param evidence Digest of the evidence.
    /// @param actor Who acted for the holder.
    event StatusSet(
        ItemId indexed item,
        address indexed holder,
        Status indexed status,
        bytes32 evidence,
        address actor
    );

    /// @notice There is no such item: never made, split up, or emptied.
    error ItemUnknown(ItemId item);
    /// @notice The item is elsewhere: in transit, packed, missing or destroyed, or opened where a whole one is needed.
    error ItemStatusInvalid(ItemId item, Status status);
    /// @notice The organisation does not hold the item.
    error ItemNotHeldBy(ItemId item, address organisation);
    /// @notice The item is on hold, suspect or illegitimate.
    error ItemNotSound(ItemId item, Condition condition);
    /// @notice The item is not in a condition this could follow.
    error ConditionInvalid(ItemId item, Condition condition);
    /// @notice A higher authority set the item's condition: only it, or a regulator, may change it so.
    error AuthorityTooLow(ItemId item, Authority heldBy);
    /// @notice The organisation has not this authority over the item, or the caller does not act for it.
    error AuthorityInvalid(ItemId item, address organisation, Authority authority, address caller);
    /// @notice No items were named.
    error ItemsMissing();
    /// @notice The caller does not act for the organisation.
    error CustodyUnauthorized(address organisation, address caller);
    /// @notice The organisation has no live licence in this role, the role does not trade, or the caller does not act
    /// for it.
    error PartnerInvalid(address organisation, Role role);
    /// @notice Nobody ships to themselves.
    error ConsigneeIsConsignor(address organisation);
    /// @notice Recalled, held, suspect, illegitimate or expired goods ship only to their manufacturer or a licensed
    /// Distributor, for returns.
    error GoodsUnsafe(ItemId item);
    /// @notice The item is not on its way between these two.
    error ShipmentUnknown(ItemId item, address from, address to);
    /// @notice A split makes two or more parcels (an opened one may stay one), none empty, that add up to the parcel.
    error SplitInvalid(ItemId parcel, uint256 sum, uint256 count);
    /// @notice A container has a label and its batches in strictly ascending order.
    error ContainerInvalid(ItemId container);
    /// @notice The first to pack a container is its packer.
    error ContainerNotYours(ItemId container, address packer);
    /// @notice A container does not hold itself.
    error ContainerInItself(ItemId container);
    /// @notice Containers nest at most four deep.
    error ContainerTooDeep(ItemId container);
    /// @notice The item's batch is not among the container's.
    error ContainerBatchMissing(ItemId container, BatchId batch);
    /// @notice The item is not packed in this container.
    error ItemNotInside(ItemId item, ItemId container);

    /// @notice Splits a parcel into smaller ones, in order, each in the same custody and condition. An opened parcel may
    /// also be "split" into itself: it is whole again once all its units are back in stock.
    /// @dev A part of an opened parcel is opened only if units of it are dispensed; a part of more than 65,536 units stays
    /// opened without looking, which bounds the reads. Errors: `ItemUnknown`, `ItemStatusInvalid`, `CustodyUnauthorized`,
    /// `SplitInvalid`.
    /// @param parcel The parcel.
    /// @param counts How many units each new parcel has: two or more of them, none zero, together the parcel's.
    function split(Parcel calldata parcel, uint24[] calldata counts) external;

    /// @notice Packs items into a container, new or already in the holder's custody.
    /// @dev Errors: `ItemsMissing`, `CustodyUnauthorized`, `ContainerInvalid`, `ContainerNotYours`,
    /// `ContainerInItself`, `ContainerTooDeep`, `ContainerBatchMissing`, `ItemUnknown`, `ItemStatusInvalid`,
    /// `ItemNotHeldBy`, `ItemNotSound`.
    /// @param container The container; its packer is the holder when it is new.
    /// @param items What goes in: whole, sound, in the holder's custody.
    /// @param holder The organisation the caller is, or acts for.
    function pack(Container calldata container, Items calldata items, address holder) external;

    /// @notice Takes items out of a container in the holder's custody; they take on its condition. An emptied container
    /// is no more, and its label may be packed again by the same packer.
    /// @dev Errors: `ItemsMissing`, `CustodyUnauthorized`, `ItemUnknown`, `ItemStatusInvalid`, `ItemNotHeldBy`,
    /// `ItemNotInside`.
    /// @param container The container's id.
    /// @param items What comes out.
    /// @param holder The organisation the caller is, or acts for.
    function unpack(ItemId container, ItemId[] calldata items, address holder) external;

    /// @notice Ships items; the sender stays answerable until they are received.
    /// @dev The receiver needs a live licence in a role that trades: Manufacturer, Distributor, Pharmacy or Provider. So
    /// does the sender, to a Pharmacy or Provider: who lost its licence sends goods back, but not on to where they are
    /// used. Errors: `ConsigneeIsConsignor`, `CustodyUnauthorized`, `PartnerInvalid`, `ItemsMissing`, `ItemUnknown`,
    /// `ItemStatusInvalid`, `ItemNotHeldBy`, `GoodsUnsafe`, and `BatchUnknown` for a container that names a batch nobody
    /// commissioned.
    /// @param items What is shipped: whole, in the sender's custody.
    /// @param handover From whom to whom; the caller acts for the sender.
    /// @param document Digest of the shipping document.
    function ship(Items calldata items, Handover calldata handover, bytes32 document) external;

    /// @notice Receives shipped items, unsafe ones too.
    /// @dev Errors: `ItemsMissing`, `PartnerInvalid`, `ItemUnknown`, `ShipmentUnknown`.
    /// @param items What arrived.
    /// @param from Who sent it.
    /// @param to Who receives it; the caller is it, or acts for it.
    /// @param role The role the receiver is licensed in, one that trades.
    function receiveItems(ItemId[] calldata items, address from, address to, Role role) external;

    /// @notice Refuses shipped items; they are the sender's again.
    /// Errors: `ItemsMissing`, `CustodyUnauthorized`, `ItemUnknown`, `ShipmentUnknown`.
    /// @param items What is refused.
    /// @param from Who sent them.
    /// @param to Who was to receive them; the caller is it, or acts for it.
    function reject(ItemId[] calldata items, address from, address to) external;

    /// @notice Takes a shipment back before it is received.
    /// Errors: `ItemsMissing`, `CustodyUnauthorized`, `ItemUnknown`, `ShipmentUnknown`.
    /// @param items What is taken back.
    /// @param from Who sent them; the caller is it, or acts for it.
    /// @param to Who was to receive them.
    function cancelShipment(ItemId[] calldata items, address from, address to) external;

    /// @notice Sets what is known against items: holds, suspects or condemns them, or finds them sound again.
    /// @dev By the holder, the manufacturer of all batches in the item, or a licensed Regulator; a device operator that
    /// reports an excursion counts as the holder's staff only. A packed item is judged through its outermost container.
    ///
    /// `OnHold` → `Suspect` → `Illegitimate` by the authority that found the last, or a higher one, which may also
    /// repeat it so that the lower one cannot undo it. Back to `Sound` from `OnHold` (released) and `Suspect` (cleared) by
    /// the very same authority, or a Regulator. `Illegitimate` is for good, and from its block on the FDA and trading
    /// partners are to be notified within 24 hours (FD&C Act 582). Until sound, an item is not dispensed or packed, and
    /// ships for returns only.
    ///
    /// Errors: `ItemsMissing`, `AuthorityInvalid`, `AuthorityTooLow`, `ItemUnknown`, `ItemStatusInvalid`,
    /// `ConditionInvalid`.
    /// @param items The items.
    /// @param by The organisation the caller is, or acts for, and on what authority.
    /// @param condition The condition from now on.
    /// @param reason Why.
    /// @param evidence Digest of the evidence, such as a temperature log.
    function setCondition(
        Items calldata items,
        Party calldata by,
        Condition condition,
        Reason reason,
        bytes32 evidence
    ) external;

    /// @notice Destroys items, for good. What a manufacturer or regulator holds or suspects is kept, as evidence; a hold
    /// of the whole batch stops its sale only, so who needs its packs as evidence holds the items.
    /// @dev Errors: `ItemsMissing`, `CustodyUnauthorized`, `ItemUnknown`, `ItemStatusInvalid`, `ItemNotHeldBy`,
    /// `AuthorityTooLow`.
    /// @param items The items: whole, in the holder's custody.
    /// @param holder The organisation the caller is, or acts for.
    /// @param evidence Digest of the evidence.
    function destroy(ItemId[] calldata items, address holder, bytes32 evidence) external;

    /// @notice Reports items as lost or stolen.
    /// Errors: `ItemsMissing`, `CustodyUnauthorized`, `ItemUnknown`, `ItemStatusInvalid`, `ItemNotHeldBy`.
    /// @param items The items: whole, in the holder's custody.
    /// @param holder The organisation the caller is, or acts for.
    /// @param evidence Digest of the evidence.
    function reportMissing(ItemId[] calldata items, address holder, bytes32 evidence) external;

    /// @notice Takes missing items back into custody. They are suspect product, unless worse was known.
    /// Errors: `ItemsMissing`, `CustodyUnauthorized`, `ItemUnknown`, `ItemStatusInvalid`, `ItemNotHeldBy`.
    /// @param items The items.
    /// @param holder The organisation the caller is, or acts for.
    /// @param evidence Digest of the evidence.
    function recover(ItemId[] calldata items, address holder, bytes32 evidence) external;

    /// @notice An item's custody as stored.
    /// @param item The item's id.
    /// @return The custody; all zero when there is no such item.
    function custodyOf(ItemId item) external view returns (Custody memory);

    /// @notice The custody of the outermost container an item is in, or its own.
    /// @param item The item's id.
    /// @return root The outermost container's id; the item's own when it is in none.
    /// @return custody Its custody; all zero when there is no such item.
    function rootCustodyOf(ItemId item) external view returns (ItemId root, Custody memory custody);
}

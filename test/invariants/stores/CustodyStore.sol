// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {RecallStatus} from "../../../contracts/medication/interfaces/IBatches.sol";
import {Authority, Condition, Status} from "../../../contracts/medication/interfaces/ICustody.sol";
import {BatchId} from "../../../contracts/types/Batch.sol";
import {Container, ItemId, Parcel} from "../../../contracts/types/Item.sol";
import {Calendar} from "./Calendar.sol";

/// @notice Batches and items as a warehouse would list them, and every batch's units as sets: a bit each.
contract CustodyStore is Calendar {
    struct Lot {
        BatchId id;
        address maker;
        uint24 units;
        uint40 expiry;
        bool prescriptionOnly;
        RecallStatus recall;
        uint8 recallClass;
        uint8 recallDepth;
        bool held;
    }

    struct Item {
        ItemId id;
        bool isContainer;
        /// A parcel's lot; a container's set of lots.
        uint256 lot;
        uint24 first;
        uint24 count;
        address packer;
        bytes32 label;
        Status status;
        /// Who has it, sent it or had it last; of no meaning inside a container.
        address holder;
        /// To whom it is on its way.
        address consignee;
        /// The container it is in: its index and 1.
        uint256 container;
        Condition condition;
        Authority heldBy;
        uint8 height;
        uint24 inside;
    }

    /// @notice Orders what happened.
    uint256 public step;

    /// @notice Actions that went through without a right to.
    uint256 public trespassed;

    /// @notice Actions that were refused although nothing stood against them.
    uint256 public refused;

    /// @notice Units dispensed while they were dispensed already.
    uint256 public dispensedTwice;

    /// @notice Units dispensed while recalled, expired or held, or from anywhere but a licensed pharmacy's shelf.
    uint256 public dispensedUnsafe;

    Lot[] internal _lots;

    Item[] internal _items;

    mapping(ItemId id => uint256) internal _indexOf;

    mapping(uint256 lot => mapping(address partner => uint256)) internal _ownedBy;
    mapping(uint256 lot => uint256) internal _unsound;
    mapping(uint256 lot => uint256) internal _dispensed;
    mapping(uint256 lot => uint256) internal _returned;

    /* WHAT HAPPENED */

    function judge(bool succeeded, bool rightful) external {
        ++step;
        if (succeeded && !rightful) ++trespassed;
        if (!succeeded && rightful) ++refused;
    }

    function commissioned(Lot calldata lot) external {
        _lots.push(lot);
        uint256 index = _lots.length - 1;
        if (lot.expiry < block.timestamp + 10_000 days) _mark(lot.expiry);
        _ownedBy[index][lot.maker] = _range(0, lot.units);
        Item memory whole;
        whole.status = Status.InCustody;
        whole.holder = lot.maker;
        _addParcel(whole, index, 0, lot.units);
    }

    function recalled(uint256 lot, RecallStatus status, uint8 recallClass, uint8 recallDepth) external {
        _lots[lot].recall = status;
        _lots[lot].recallClass = recallClass;
        _lots[lot].recallDepth = recallDepth;
    }

    function batchHeld(uint256 lot, bool held) external {
        _lots[lot].held = held;
    }

    function split(uint256 index, uint24[] calldata counts) external {
        Item memory part = _items[index];
        uint24 first = part.first;
        bool opened = part.status == Status.Opened;
        if (counts.length == 1) {
            bool whole = _dispensed[part.lot] & _range(first, part.count) == 0;
            _items[index].status = whole ? Status.InCustody : Status.Opened;
            return;
        }
        _items[index].status = Status.None;
        for (uint256 i; i < counts.length; ++i) {
            bool touched = _dispensed[part.lot] & _range(first, counts[i]) != 0;
            part.status = opened && touched ? Status.Opened : Status.InCustody;
            _addParcel(part, part.lot, first, counts[i]);
            first += counts[i];
        }
    }

    function shipped(uint256 index, address to) external {
        _items[index].status = Status.InTransit;
        _items[index].consignee = to;
    }

    function arrived(uint256 index, address to) external {
        for (uint256 lot; lot < _lots.length; ++lot) {
            uint256 units = unitsIn(index, lot);
            _ownedBy[lot][_items[index].holder] &= ~units;
            _ownedBy[lot][to] |= units;
        }
        _items[index].status = Status.InCustody;
        _items[index].holder = to;
    }

    function packed(Container calldata container, uint256 lots, uint256[] calldata inside) external {
        ItemId id = containerId(container);
        if (_indexOf[id] == 0) {
            _items.push();
            _indexOf[id] = _items.length;
        }
        uint256 place = _indexOf[id];
        Item storage outer = _items[place - 1];
        if (outer.status == Status.None) {
            (outer.id, outer.isContainer, outer.lot, outer.label) = (id, true, lots, container.label);
            outer.packer = container.packer;
            (outer.status, outer.holder) = (Status.InCustody, container.packer);
            (outer.height, outer.condition, outer.heldBy) = (0, Condition.Sound, Authority.None);
        }
        for (uint256 i; i < inside.length; ++i) {
            Item storage inner = _items[inside[i]];
            (inner.status, inner.container) = (Status.Packed, place);
            if (inner.height >= outer.height) outer.height = inner.height + 1;
        }
        outer.inside += uint24(inside.length);
    }

    function unpacked(uint256 index, uint256[] calldata items) external {
        Item storage outer = _items[index];
        for (uint256 i; i < items.length; ++i) {
            Item storage inner = _items[items[i]];
            (inner.status, inner.container, inner.holder) = (Status.InCustody, 0, outer.holder);
            (inner.condition, inner.heldBy) = (outer.condition, outer.heldBy);
        }
        outer.inside -= uint24(items.length);
        if (outer.inside == 0) outer.status = Status.None;
    }

    function found(uint256 index, Condition condition, Authority authority) public {
        _items[index].condition = condition;
        _items[index].heldBy = condition == Condition.Sound ? Authority.None : authority;
        for (uint256 lot; lot < _lots.length; ++lot) {
            if (condition == Condition.Sound) _unsound[lot] &= ~unitsIn(index, lot);
            else _unsound[lot] |= unitsIn(index, lot);
        }
    }

    function lost(uint256 index, Status status) external {
        _items[index].status = status;
    }

    function recovered(uint256 index) external {
        Item storage item = _items[index];
        item.status = Status.InCustody;
        found(
            index,
            item.condition == Condition.Illegitimate ? Condition.Illegitimate : Condition.Suspect,
            item.heldBy == Authority.None ? Authority.Holder : item.heldBy
        );
    }

    function dispensed(uint256 index, uint256 number, bool licensed) external {
        Item storage parcel = _items[index];
        uint256 unit = 1 << number;
        if (_dispensed[parcel.lot] & unit != 0) ++dispensedTwice;
        bool onShelf = parcel.container == 0 && (parcel.status == Status.InCustody || parcel.status == Status.Opened);
        bool isOwn = _ownedBy[parcel.lot][parcel.holder] & unit & unitsIn(index, parcel.lot) != 0;
        bool isSound = _unsound[parcel.lot] & unit == 0;
        if (!licensed || !onShelf || !isOwn || !isSound || !isSafe(parcel.lot)) ++dispensedUnsafe;
        _dispensed[parcel.lot] |= unit;
        parcel.status = Status.Opened;
    }

    function returned(uint256 lot, uint256 number) external {
        _dispensed[lot] &= ~(1 << number);
        _returned[lot] |= 1 << number;
    }

    /* WHAT HOLDS */

    function lotCount() external view returns (uint256) {
        return _lots.length;
    }

    function lotAt(uint256 lot) external view returns (Lot memory) {
        return _lots[lot];
    }

    function itemCount() external view returns (uint256) {
        return _items.length;
    }

    function itemAt(uint256 index) external view returns (Item memory) {
        return _items[index];
    }

    function parcelAt(uint256 index) public view returns (Parcel memory) {
        Item storage item = _items[index];
        return Parcel({batch: _lots[item.lot].id, first: item.first, count: item.count});
    }

    function containerAt(uint256 index) external view returns (Container memory) {
        Item storage item = _items[index];
        return containerOf(item.packer, item.label, item.lot);
    }

    /// @notice A container of a set of lots, its batches in ascending order.
    function containerOf(address packer, bytes32 label, uint256 lots) public view returns (Container memory container) {
        uint256 length;
        for (uint256 lot; lot < _lots.length; ++lot) length += (lots >> lot) % 2;
        container = Container({packer: packer, label: label, batches: new BatchId[](length)});
        uint256 last;
        for (uint256 i; i < length; ++i) {
            uint256 next = type(uint256).max;
            for (uint256 lot; lot < _lots.length; ++lot) {
                uint256 id = uint256(BatchId.unwrap(_lots[lot].id));
                if ((lots >> lot) % 2 == 1 && id > last && id < next) next = id;
            }
            container.batches[i] = BatchId.wrap(bytes32(next));
            last = next;
        }
    }

    /// @notice The item's index and 1; zero when it never was.
    function placeOf(ItemId id) external view returns (uint256) {
        return _indexOf[id];
    }

    function isSafe(uint256 lot) public view returns (bool) {
        Lot storage state = _lots[lot];
        return state.recall == RecallStatus.None && !state.held && block.timestamp < state.expiry;
    }

    function isDispensed(uint256 lot, uint256 number) external view returns (bool) {
        return (_dispensed[lot] >> number) % 2 == 1;
    }

    function isReturned(uint256 lot, uint256 number) external view returns (bool) {
        return (_returned[lot] >> number) % 2 == 1;
    }

    function isUnsound(uint256 lot, uint256 number) external view returns (bool) {
        return (_unsound[lot] >> number) % 2 == 1;
    }

    /// @notice The units of a lot a partner has or answers for, a bit each.
    function ownedBy(uint256 lot, address partner) external view returns (uint256) {
        return _ownedBy[lot][partner];
    }

    /// @notice The units of a parcel, if it is of a lot.
    function parcelOf(uint256 index, uint256 lot) external view returns (uint256) {
        Item storage item = _items[index];
        return item.isContainer || item.lot != lot ? 0 : _range(item.first, item.count);
    }

    /// @notice The units of a lot in an item, however deep.
    function unitsIn(uint256 index, uint256 lot) public view returns (uint256 units) {
        Item storage item = _items[index];
        if (!item.isContainer) return item.lot == lot ? _range(item.first, item.count) : 0;
        if (item.status == Status.None || (item.lot >> lot) % 2 == 0) return 0;
        for (uint256 i; i < _items.length; ++i) {
            if (_items[i].container == index + 1) units |= unitsIn(i, lot);
        }
    }

    /// @notice The outermost container an item is in, or itself.
    function rootOf(uint256 index) external view returns (uint256 root) {
        root = index;
        while (_items[root].container != 0) root = _items[root].container - 1;
    }

    /// @notice From a random item on, the first in a status; with `parcels` set, a parcel. Else the very first parcel.
    function find(uint256 seed, Status status, bool parcels) external view returns (uint256) {
        for (uint256 i; i < _items.length; ++i) {
            uint256 index = ((seed % _items.length) + i) % _items.length;
            if (_items[index].status == status && !(parcels && _items[index].isContainer)) return index;
        }
        return 0;
    }

    /// @notice From a random item on, the first that is in an unsound container, or with `outer` set, the first container
    /// in custody. Else the very first parcel.
    function findBoxed(uint256 seed, bool outer) external view returns (uint256) {
        for (uint256 i; i < _items.length; ++i) {
            uint256 index = ((seed % _items.length) + i) % _items.length;
            Item storage item = _items[index];
            if (outer && item.isContainer && item.status == Status.InCustody) return index;
            if (outer || item.container == 0) continue;
            if (_items[item.container - 1].condition != Condition.Sound) return index;
        }
        return 0;
    }

    /// @notice From a random item on, the first beside another: in the same container, with the same people.
    function findBeside(uint256 seed, uint256 index) external view returns (uint256 other) {
        Item storage item = _items[index];
        for (uint256 i; i < _items.length; ++i) {
            other = ((seed % _items.length) + i) % _items.length;
            Item storage candidate = _items[other];
            bool isSame = candidate.status == item.status && candidate.container == item.container;
            if (isSame && candidate.holder == item.holder && other != index) return other;
        }
    }

    function containerId(Container memory container) public pure returns (ItemId) {
        return ItemId.wrap(bytes20(keccak256(abi.encode(container))));
    }

    function _addParcel(Item memory like, uint256 lot, uint24 first, uint24 count) internal {
        (like.lot, like.first, like.count) = (lot, first, count);
        like.id = ItemId.wrap(bytes20(keccak256(abi.encode(_lots[lot].id, first, count))));
        require(_indexOf[like.id] == 0, "a parcel was made twice");
        _items.push(like);
        _indexOf[like.id] = _items.length;
    }

    function _range(uint256 first, uint256 count) internal pure returns (uint256) {
        return ((1 << count) - 1) << first;
    }
}

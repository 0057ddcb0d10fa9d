// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Condition, ICustody, Status} from "../../../contracts/medication/interfaces/ICustody.sol";
import {Container} from "../../../contracts/types/Item.sol";
import {CustodyStore} from "../stores/CustodyStore.sol";
import {TradeWorld} from "../TradeWorld.sol";
import {bound} from "../../Vm.sol";
import {TradeHandler} from "./TradeHandler.sol";

/// @notice Parcels are split, and items packed into containers, these into others, and taken out.
contract PackagingHandler is TradeHandler {
    uint256 internal constant MAX_ITEMS = 48;

    constructor(TradeWorld inhabited, CustodyStore custody) TradeHandler(inhabited, custody) {}

    function actions() external pure override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](4);
        selectors[0] = this.split.selector;
        selectors[1] = this.pack.selector;
        selectors[2] = this.packMore.selector;
        selectors[3] = this.unpack.selector;
    }

    function split(uint256 itemSeed, uint256 countsSeed, uint256 statusSeed, uint256 callerSeed) external {
        if (store.itemCount() > MAX_ITEMS) return;
        Status status = Status(
            statusSeed % 8 == 0
                ? (statusSeed / 8) % 7
                : statusSeed % 2 == 0
                    ? 1
                    : 2
        );
        uint256 index = store.find(itemSeed, status, true);
        CustodyStore.Item memory item = store.itemAt(index);
        if (item.isContainer) return;
        uint24[] memory counts = _counts(item.count, countsSeed);
        address caller = _caller(item.holder, callerSeed);

        uint256 sum;
        bool rightful =
            (item.status == Status.InCustody || item.status == Status.Opened) && _actsFor(caller, item.holder);
        for (uint256 i; i < counts.length; ++i) {
            rightful = rightful && counts[i] != 0;
            sum += counts[i];
        }
        bool succeeded = _act(caller, abi.encodeCall(ICustody.split, (store.parcelAt(index), counts)));

        // An opened parcel may be looked at as it is.
        rightful = rightful && (counts.length > 1 || item.status == Status.Opened);
        store.judge(succeeded, rightful && sum == item.count);
        if (succeeded) store.split(index, counts);
    }

    function pack(uint256 itemSeed, uint256 labelSeed, uint256 packerSeed, uint256 callerSeed) external {
        if (store.itemCount() > MAX_ITEMS) return;
        uint256[] memory picked = _pick(itemSeed, Status.InCustody);
        address holder = store.itemAt(picked[0]).holder;
        uint256 lots = labelSeed % 16 == 0 ? labelSeed / 16 : _lotsOf(picked);
        lots &= (1 << store.lotCount()) - 1;
        address packer = packerSeed % 16 == 0 ? TRADE.partner(packerSeed / 16) : holder;
        _pack(store.containerOf(packer, bytes32(labelSeed % 4), lots), lots, picked, holder, callerSeed);
    }

    /// @notice Into a container that is there, mostly of the same holder.
    function packMore(uint256 itemSeed, uint256 containerSeed, uint256 callerSeed) external {
        uint256 index = store.findBoxed(containerSeed, true);
        CustodyStore.Item memory outer = store.itemAt(index);
        if (!outer.isContainer) return;
        uint256[] memory picked = _pick(itemSeed, Status.InCustody);
        if (picked.length == 1) picked[0] = store.findBeside(itemSeed, index);
        address holder = containerSeed % 8 == 0 ? store.itemAt(picked[0]).holder : outer.holder;
        _pack(store.containerAt(index), outer.lot, picked, holder, callerSeed);
    }

    function unpack(uint256 itemSeed, uint256 holderSeed, uint256 callerSeed) external {
        uint256[] memory picked = _pick(itemSeed, Status.Packed);
        uint256 unsound = store.findBoxed(itemSeed, false);
        // What is in an unsound container is seldom, and the most interesting.
        if (picked.length == 1 && store.itemAt(unsound).container != 0) picked[0] = unsound;
        uint256 place = store.itemAt(picked[0]).container;
        uint256 container = place == 0 || holderSeed % 32 == 0 ? holderSeed % store.itemCount() : place - 1;
        CustodyStore.Item memory outer = store.itemAt(container);
        address holder = holderSeed % 16 == 1 ? TRADE.partner(holderSeed / 16) : outer.holder;
        address caller = _caller(holder, callerSeed);

        bool rightful = outer.status == Status.InCustody && outer.holder == holder && _actsFor(caller, holder);
        for (uint256 i; i < picked.length; ++i) {
            rightful = rightful && store.itemAt(picked[i]).container == container + 1;
        }
        bool succeeded = _act(caller, abi.encodeCall(ICustody.unpack, (outer.id, _ids(picked), holder)));

        store.judge(succeeded, rightful && !_isTwice(picked));
        if (succeeded) store.unpacked(container, picked);
    }

    function _pack(
        Container memory container,
        uint256 lots,
        uint256[] memory picked,
        address holder,
        uint256 callerSeed
    ) internal {
        address caller = _caller(holder, callerSeed);
        bool rightful =
            _actsFor(caller, holder) &&
                _mayPackInto(container, lots, holder) &&
                _areHeld(picked, Status.InCustody, holder) &&
                _lotsOf(picked) | lots == lots;
        uint256 place = store.placeOf(store.containerId(container));
        for (uint256 i; i < picked.length; ++i) {
            CustodyStore.Item memory item = store.itemAt(picked[i]);
            rightful = rightful && item.condition == Condition.Sound && item.height < 4 && picked[i] + 1 != place;
        }

        bool succeeded = _act(caller, abi.encodeCall(ICustody.pack, (container, _keys(picked), holder)));

        store.judge(succeeded, rightful);
        if (succeeded) store.packed(container, lots, picked);
    }

    function _mayPackInto(Container memory container, uint256 lots, address holder) internal view returns (bool) {
        uint256 place = store.placeOf(store.containerId(container));
        if (place != 0) {
            CustodyStore.Item memory outer = store.itemAt(place - 1);
            if (outer.status != Status.None) {
                return outer.status == Status.InCustody && outer.holder == holder && outer.condition == Condition.Sound;
            }
        }
        return container.packer == holder && container.label != 0 && lots != 0;
    }

    function _lotsOf(uint256[] memory picked) internal view returns (uint256 lots) {
        for (uint256 i; i < picked.length; ++i) {
            CustodyStore.Item memory item = store.itemAt(picked[i]);
            lots |= item.isContainer ? item.lot : 1 << item.lot;
        }
    }

    /// @dev Mostly two or three that add up; now and then one, none, too many or too few.
    function _counts(uint256 count, uint256 seed) internal pure returns (uint24[] memory counts) {
        uint256 choice = seed % 32;
        uint256 parts = choice < 20 ? 2 : 3;
        if (choice < 3) parts = 1;
        counts = new uint24[](parts);
        uint256 left =
            choice == 3
                ? count + 1
                : choice == 4
                    ? count - 1
                    : count;
        for (uint256 i; i + 1 < parts; ++i) {
            uint256 most = left < 2 ? left : left - 1;
            counts[i] = uint24(choice == 5 ? 0 : bound((seed / 32) >> (8 * i), most == 0 ? 0 : 1, most));
            left -= counts[i];
        }
        counts[parts - 1] = uint24(left);
    }
}

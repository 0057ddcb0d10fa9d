// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Status} from "../../../contracts/medication/interfaces/ICustody.sol";
import {ItemId, Items, Parcel, Container} from "../../../contracts/types/Item.sol";
import {Role} from "../../../contracts/types/Role.sol";
import {CustodyStore} from "../stores/CustodyStore.sol";
import {TradeWorld} from "../TradeWorld.sol";
import {Handler} from "./Handler.sol";

/// @notice What all who trade have in common: one or two items at a time, mostly by who may.
abstract contract TradeHandler is Handler {
    TradeWorld internal immutable TRADE;

    CustodyStore internal store;

    constructor(TradeWorld inhabited, CustodyStore custody) Handler(inhabited) {
        TRADE = inhabited;
        store = custody;
    }

    function _act(address caller, bytes memory data) internal returns (bool) {
        return _call(caller, address(TRADE.LEDGER()), data);
    }

    /// @dev Mostly the organisation itself, or its clerk; now and then another.
    function _caller(address organisation, uint256 seed) internal view returns (address) {
        uint256 choice = seed % 16;
        if (choice == 0) return TRADE.partner(seed / 16);
        return choice < 4 && _actsFor(TRADE.CLERK(), organisation) ? TRADE.CLERK() : organisation;
    }

    function _actsFor(address caller, address organisation) internal view returns (bool) {
        return caller == organisation || (caller == TRADE.CLERK() && organisation == TRADE.pharmacy(0));
    }

    /// @dev Licences are suspended elsewhere; `Accreditation` has tests of its own and is taken at its word.
    function _isLive(address organisation, Role role) internal view returns (bool) {
        return TRADE.ACCREDITATION().isLive(organisation, role);
    }

    function _trades(Role role) internal pure returns (bool) {
        return role == Role.Manufacturer || role == Role.Distributor || role == Role.Pharmacy || role == Role.Provider;
    }

    /// @dev Mostly an item in the status that is wanted, half of the time with one beside it.
    function _pick(uint256 seed, Status wanted) internal view returns (uint256[] memory picked) {
        uint256 first = seed % 8 == 0 ? (seed / 8) % store.itemCount() : store.find(seed / 8, wanted, false);
        picked = new uint256[]((seed / 4096) % 2 == 0 ? 1 : 2);
        picked[0] = first;
        if (picked.length == 2) {
            uint256 beside = seed / 8192;
            picked[1] = beside % 8 == 0 ? beside % store.itemCount() : store.findBeside(beside, first);
        }
    }

    function _isTwice(uint256[] memory picked) internal pure returns (bool) {
        return picked.length == 2 && picked[0] == picked[1];
    }

    /// @dev Whether all are different, in a status and somebody's.
    function _areHeld(uint256[] memory picked, Status status, address holder) internal view returns (bool) {
        for (uint256 i; i < picked.length; ++i) {
            CustodyStore.Item memory item = store.itemAt(picked[i]);
            if (item.status != status || item.holder != holder) return false;
        }
        return !_isTwice(picked);
    }

    function _ids(uint256[] memory picked) internal view returns (ItemId[] memory ids) {
        ids = new ItemId[](picked.length);
        for (uint256 i; i < picked.length; ++i) ids[i] = store.itemAt(picked[i]).id;
    }

    function _keys(uint256[] memory picked) internal view returns (Items memory items) {
        uint256 containers;
        for (uint256 i; i < picked.length; ++i) if (store.itemAt(picked[i]).isContainer) ++containers;
        items.containers = new Container[](containers);
        items.parcels = new Parcel[](picked.length - containers);
        uint256 parcels;
        for (uint256 i; i < picked.length; ++i) {
            if (store.itemAt(picked[i]).isContainer) items.containers[--containers] = store.containerAt(picked[i]);
            else items.parcels[parcels++] = store.parcelAt(picked[i]);
        }
    }
}

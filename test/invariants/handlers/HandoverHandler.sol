// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Condition, Handover, ICustody, Status} from "../../../contracts/medication/interfaces/ICustody.sol";
import {Role} from "../../../contracts/types/Role.sol";
import {CustodyStore} from "../stores/CustodyStore.sol";
import {TradeWorld} from "../TradeWorld.sol";
import {TradeHandler} from "./TradeHandler.sol";

/// @notice Goods are shipped, received, refused and taken back.
contract HandoverHandler is TradeHandler {
    constructor(TradeWorld inhabited, CustodyStore custody) TradeHandler(inhabited, custody) {}

    function actions() external pure override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](4);
        selectors[0] = this.ship.selector;
        selectors[1] = this.receiveItems.selector;
        selectors[2] = this.reject.selector;
        selectors[3] = this.cancel.selector;
    }

    function ship(uint256 itemSeed, uint256 toSeed, uint256 roleSeed, uint256 callerSeed) external {
        uint256[] memory picked = _pick(itemSeed, Status.InCustody);
        address from = _holder(picked[0], callerSeed / 16);
        address to = TRADE.partner(toSeed);
        Handover memory handover = Handover(from, _role(from, roleSeed), to, _role(to, roleSeed / 16));
        address caller = _caller(from, callerSeed);

        bool rightful = _mayShip(caller, handover) && _areHeld(picked, Status.InCustody, from);
        for (uint256 i; i < picked.length; ++i) rightful = rightful && _mayGo(picked[i], handover);
        bool succeeded = _act(caller, abi.encodeCall(ICustody.ship, (_keys(picked), handover, 0)));

        store.judge(succeeded, rightful);
        if (!succeeded) return;
        for (uint256 i; i < picked.length; ++i) store.shipped(picked[i], to);
    }

    function receiveItems(uint256 itemSeed, uint256 partySeed, uint256 roleSeed, uint256 callerSeed) external {
        uint256[] memory picked = _pick(itemSeed, Status.InTransit);
        (address from, address to) = _parties(picked[0], partySeed);
        address caller = _caller(to, callerSeed);
        Role role = _role(to, roleSeed);

        bool rightful = _actsFor(caller, to) && _trades(role) && _isLive(to, role) && _areBetween(picked, from, to);
        bool succeeded = _act(caller, abi.encodeCall(ICustody.receiveItems, (_ids(picked), from, to, role)));

        store.judge(succeeded, rightful);
        if (succeeded) _arrived(picked, to);
    }

    function reject(uint256 itemSeed, uint256 partySeed, uint256 callerSeed) external {
        uint256[] memory picked = _pick(itemSeed, Status.InTransit);
        (address from, address to) = _parties(picked[0], partySeed);
        address caller = _caller(to, callerSeed);

        bool succeeded = _act(caller, abi.encodeCall(ICustody.reject, (_ids(picked), from, to)));

        store.judge(succeeded, _actsFor(caller, to) && _areBetween(picked, from, to));
        if (succeeded) _arrived(picked, from);
    }

    function cancel(uint256 itemSeed, uint256 partySeed, uint256 callerSeed) external {
        uint256[] memory picked = _pick(itemSeed, Status.InTransit);
        (address from, address to) = _parties(picked[0], partySeed);
        address caller = _caller(from, callerSeed);

        bool succeeded = _act(caller, abi.encodeCall(ICustody.cancelShipment, (_ids(picked), from, to)));

        store.judge(succeeded, _actsFor(caller, from) && _areBetween(picked, from, to));
        if (succeeded) _arrived(picked, from);
    }

    function _arrived(uint256[] memory picked, address to) internal {
        for (uint256 i; i < picked.length; ++i) store.arrived(picked[i], to);
    }

    function _mayShip(address caller, Handover memory handover) internal view returns (bool) {
        bool isOnward = handover.toRole == Role.Pharmacy || handover.toRole == Role.Provider;
        return
            handover.from != handover.to &&
            _actsFor(caller, handover.from) &&
            _trades(handover.toRole) &&
            _isLive(handover.to, handover.toRole) &&
            (!isOnward || (_trades(handover.fromRole) && _isLive(handover.from, handover.fromRole)));
    }

    /// @dev Unsafe goods go to a distributor, or home to who made all of them that are unsafe.
    function _mayGo(uint256 index, Handover memory handover) internal view returns (bool) {
        CustodyStore.Item memory item = store.itemAt(index);
        for (uint256 i; i < store.lotCount(); ++i) {
            if (item.isContainer ? (item.lot >> i) % 2 == 0 : item.lot != i) continue;
            if (item.condition == Condition.Sound && store.isSafe(i)) continue;
            bool isHome = handover.toRole == Role.Manufacturer && store.lotAt(i).maker == handover.to;
            if (handover.toRole != Role.Distributor && !isHome) return false;
        }
        return true;
    }

    function _areBetween(uint256[] memory picked, address from, address to) internal view returns (bool) {
        for (uint256 i; i < picked.length; ++i) if (store.itemAt(picked[i]).consignee != to) return false;
        return _areHeld(picked, Status.InTransit, from);
    }

    /// @dev Mostly the two it is on its way between.
    function _parties(uint256 index, uint256 seed) internal view returns (address from, address to) {
        CustodyStore.Item memory item = store.itemAt(index);
        from = seed % 16 == 0 ? TRADE.partner(seed / 16) : item.holder;
        to = seed % 16 == 1 ? TRADE.partner(seed / 16) : item.consignee;
    }

    function _holder(uint256 index, uint256 seed) internal view returns (address) {
        return seed % 16 == 0 ? TRADE.partner(seed / 16) : store.itemAt(index).holder;
    }

    /// @dev Mostly its own.
    function _role(address partner, uint256 seed) internal view returns (Role) {
        return seed % 16 == 0 ? Role((seed / 16) % (uint256(type(Role).max) + 1)) : TRADE.roleOf(partner);
    }
}

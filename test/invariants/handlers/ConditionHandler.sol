// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {
    Authority,
    Condition,
    ICustody,
    Party,
    Reason,
    Status
} from "../../../contracts/medication/interfaces/ICustody.sol";
import {CustodyStore} from "../stores/CustodyStore.sol";
import {TradeWorld} from "../TradeWorld.sol";
import {TradeHandler} from "./TradeHandler.sol";

/// @notice Items are held, suspected, condemned and cleared; destroyed, lost and found.
contract ConditionHandler is TradeHandler {
    constructor(TradeWorld inhabited, CustodyStore custody) TradeHandler(inhabited, custody) {}

    function actions() external pure override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](5);
        selectors[0] = this.setCondition.selector;
        selectors[1] = this.clear.selector;
        selectors[2] = this.destroy.selector;
        selectors[3] = this.reportMissing.selector;
        selectors[4] = this.recover.selector;
    }

    function setCondition(
        uint256 itemSeed,
        uint256 partySeed,
        uint256 conditionSeed,
        uint256 statusSeed,
        uint256 callerSeed
    ) external {
        // Half of the time a container; else mostly what is in custody or opened, or in transit or missing.
        uint256[] memory picked = new uint256[](1);
        if (statusSeed % 2 == 0) picked[0] = store.findBoxed(itemSeed, true);
        else picked = _pick(itemSeed, _notPacked(statusSeed / 2));
        _setCondition(picked, _party(picked[0], partySeed), Condition(conditionSeed % 4), callerSeed);
    }

    /// @notice What is not sound is found sound again, mostly by who found it so.
    function clear(uint256 itemSeed, uint256 partySeed, uint256 callerSeed) external {
        for (uint256 i; i < store.itemCount(); ++i) {
            uint256[] memory picked = new uint256[](1);
            picked[0] = ((itemSeed % store.itemCount()) + i) % store.itemCount();
            CustodyStore.Item memory item = store.itemAt(picked[0]);
            if (item.condition == Condition.Sound || item.status == Status.None) continue;
            Party memory by = _party(picked[0], partySeed % 2 == 0 ? partySeed / 2 : uint256(item.heldBy));
            _setCondition(picked, by, Condition.Sound, callerSeed);
            return;
        }
    }

    function destroy(uint256 itemSeed, uint256 callerSeed, uint256 rarity) external {
        if (rarity % 4 == 0) _lose(_pick(itemSeed, Status.InCustody), callerSeed, Status.Destroyed);
    }

    function reportMissing(uint256 itemSeed, uint256 callerSeed, uint256 rarity) external {
        if (rarity % 2 == 0) _lose(_pick(itemSeed, Status.InCustody), callerSeed, Status.Missing);
    }

    function recover(uint256 itemSeed, uint256 callerSeed) external {
        uint256[] memory picked = _pick(itemSeed, Status.Missing);
        address holder = store.itemAt(picked[0]).holder;
        address caller = _caller(holder, callerSeed);

        bool succeeded = _act(caller, abi.encodeCall(ICustody.recover, (_ids(picked), holder, 0)));

        store.judge(succeeded, _actsFor(caller, holder) && _areHeld(picked, Status.Missing, holder));
        if (!succeeded) return;
        for (uint256 i; i < picked.length; ++i) store.recovered(picked[i]);
    }

    function _setCondition(uint256[] memory picked, Party memory by, Condition condition, uint256 callerSeed) internal {
        address caller = _caller(by.organisation, callerSeed);
        bool rightful = _actsFor(caller, by.organisation) && !_isTwice(picked);
        for (uint256 i; i < picked.length; ++i) {
            CustodyStore.Item memory item = store.itemAt(picked[i]);
            rightful = rightful && _hasAuthority(item, by) && _follows(item, condition, by.authority);
        }

        bool succeeded = _act(
            caller,
            abi.encodeCall(ICustody.setCondition, (_keys(picked), by, condition, Reason.Quality, 0))
        );

        store.judge(succeeded, rightful);
        if (!succeeded) return;
        for (uint256 i; i < picked.length; ++i) store.found(picked[i], condition, by.authority);
    }

    function _lose(uint256[] memory picked, uint256 callerSeed, Status status) internal {
        address holder = store.itemAt(picked[0]).holder;
        address caller = _caller(holder, callerSeed);

        bool rightful = _actsFor(caller, holder) && _areHeld(picked, Status.InCustody, holder);
        for (uint256 i; i < picked.length; ++i) {
            CustodyStore.Item memory item = store.itemAt(picked[i]);
            bool isEvidence = item.heldBy > Authority.Holder && item.condition != Condition.Illegitimate;
            rightful = rightful && !(isEvidence && status == Status.Destroyed);
        }
        bool succeeded = _act(
            caller,
            status == Status.Destroyed
                ? abi.encodeCall(ICustody.destroy, (_ids(picked), holder, 0))
                : abi.encodeCall(ICustody.reportMissing, (_ids(picked), holder, 0))
        );

        store.judge(succeeded, rightful);
        if (!succeeded) return;
        for (uint256 i; i < picked.length; ++i) store.lost(picked[i], status);
    }

    function _notPacked(uint256 seed) internal pure returns (Status) {
        return [Status.InCustody, Status.Opened, Status.InTransit, Status.Missing][seed % 4];
    }

    /// @dev Somebody with the authority, or who only says so.
    function _party(uint256 index, uint256 seed) internal view returns (Party memory) {
        CustodyStore.Item memory item = store.itemAt(index);
        Authority authority = Authority(seed % 4);
        if (seed % 32 > 27) return Party(TRADE.partner(seed / 32), authority);
        if (authority == Authority.Regulator) return Party(TRADE.REGULATOR(), authority);
        if (authority != Authority.Manufacturer) return Party(item.holder, authority);
        for (uint256 lot; lot < store.lotCount(); ++lot) {
            if (item.isContainer ? (item.lot >> lot) % 2 == 1 : item.lot == lot) {
                return Party(store.lotAt(lot).maker, authority);
            }
        }
        return Party(TRADE.partner(seed), authority);
    }

    function _hasAuthority(CustodyStore.Item memory item, Party memory by) internal view returns (bool) {
        if (item.status == Status.None || item.status == Status.Packed || item.status == Status.Destroyed) return false;
        if (by.authority == Authority.None) return false;
        if (by.authority == Authority.Regulator) return by.organisation == TRADE.REGULATOR();
        if (by.authority == Authority.Holder) {
            return item.holder == by.organisation && item.status != Status.InTransit;
        }
        for (uint256 lot; lot < store.lotCount(); ++lot) {
            bool isInside = item.isContainer ? (item.lot >> lot) % 2 == 1 : item.lot == lot;
            if (isInside && store.lotAt(lot).maker != by.organisation) return false;
        }
        return true;
    }

    /// @dev The transitions as `ICustody.setCondition` tells them.
    function _follows(CustodyStore.Item memory item, Condition to, Authority authority) internal pure returns (bool) {
        Condition from = item.condition;
        if (to == Condition.Sound) {
            if (from != Condition.OnHold && from != Condition.Suspect) return false;
            return authority == item.heldBy || authority == Authority.Regulator;
        }
        if (from == to) return authority > item.heldBy;
        if (from == Condition.Sound) return to != Condition.Illegitimate;
        bool isNext = uint8(to) == uint8(from) + 1;
        return isNext && authority >= item.heldBy;
    }
}

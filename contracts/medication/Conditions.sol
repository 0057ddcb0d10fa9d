// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IAccreditation} from "../accreditation/interfaces/IAccreditation.sol";
import {BatchStates, PackedBatch} from "./BatchStates.sol";
import {Custodies, PackedCustody} from "./Custodies.sol";
import {Authority, Condition, Custody, ICustody, Party, Reason, Status} from "./interfaces/ICustody.sol";
import {BatchId} from "../types/Batch.sol";
import {ItemId, Items} from "../types/Item.sol";
import {Role} from "../types/Role.sol";

/// @title Conditions
/// @notice What is known against an item: held, suspect, illegitimate; and its loss. Linked to the ledger.
library Conditions {
    using Custodies for mapping(ItemId item => PackedCustody);
    using Custodies for Custody;
    using BatchStates for mapping(BatchId id => PackedBatch);

    /* CONDITION */

    /// @notice Judges items: `ICustody.setCondition`.
    /// @param custodies The ledger's custody.
    /// @param batches The ledger's batches.
    /// @param accreditation Who is licensed.
    /// @param items The items.
    /// @param by Who judges, and on what authority.
    /// @param condition The condition from now on.
    /// @param reason Why.
    /// @param evidence Digest of the evidence.
    function setCondition(
        mapping(ItemId item => PackedCustody) storage custodies,
        mapping(BatchId id => PackedBatch) storage batches,
        IAccreditation accreditation,
        Items calldata items,
        Party calldata by,
        Condition condition,
        Reason reason,
        bytes32 evidence
    ) external {
        uint256 length = items.length();
        Custodies.requireSome(length);
        for (uint256 i; i < length; ++i) {
            (ItemId item, BatchId[] memory inside) = items.get(i);
            Custody memory custody = custodies.get(item);
            // A packed item is under its container's authority, and a destroyed one beyond any.
            require(
                custody.status != Status.Packed && custody.status != Status.Destroyed,
                ICustody.ItemStatusInvalid(item, custody.status)
            );
            require(
                _hasAuthority(batches, accreditation, by, custody, inside),
                ICustody.AuthorityInvalid(item, by.organisation, by.authority, msg.sender)
            );
            _requireChange(item, custody, condition, by.authority);

            custody.condition = condition;
            custody.heldBy = condition == Condition.Sound ? Authority.None : by.authority;
            custodies.set(item, custody);

            emit ICustody.ConditionSet(item, by.organisation, condition, by.authority, reason, evidence, msg.sender);
        }
    }

    /* LOSS */

    /// @notice Destroys items or reports them missing: `ICustody.destroy`, `ICustody.reportMissing`.
    /// @param custodies The ledger's custody.
    /// @param items The items.
    /// @param holder Who holds them; the ledger made sure that the caller acts for it.
    /// @param status `Destroyed` or `Missing`.
    /// @param evidence Digest of the evidence.
    function lose(
        mapping(ItemId item => PackedCustody) storage custodies,
        ItemId[] calldata items,
        address holder,
        Status status,
        bytes32 evidence
    ) external {
        Custodies.requireSome(items.length);
        for (uint256 i; i < items.length; ++i) {
            ItemId item = items[i];
            Custody memory custody = custodies.get(item);
            custody.requireHeld(item, holder);
            // What a higher authority holds or suspects is evidence.
            require(
                status == Status.Missing ||
                    custody.heldBy <= Authority.Holder ||
                    custody.condition == Condition.Illegitimate,
                ICustody.AuthorityTooLow(item, custody.heldBy)
            );

            custody.status = status;
            custodies.put(item, custody);

            emit ICustody.StatusSet(item, holder, status, evidence, msg.sender);
        }
    }

    /// @notice Takes missing items back: `ICustody.recover`.
    /// @param custodies The ledger's custody.
    /// @param items The items.
    /// @param holder Who holds them; the ledger made sure that the caller acts for it.
    /// @param evidence Digest of the evidence.
    function recover(
        mapping(ItemId item => PackedCustody) storage custodies,
        ItemId[] calldata items,
        address holder,
        bytes32 evidence
    ) external {
        Custodies.requireSome(items.length);
        for (uint256 i; i < items.length; ++i) {
            ItemId item = items[i];
            Custody memory custody = custodies.get(item);
            Custodies.requireStatus(custody.status, item, Status.Missing);
            Custodies.requireHolder(custody.holder, item, holder);

            custody.status = Status.InCustody;
            // Whoever had it in between may have tampered with it.
            if (custody.condition < Condition.Suspect) custody.condition = Condition.Suspect;
            if (custody.heldBy == Authority.None) custody.heldBy = Authority.Holder;
            custodies.put(item, custody);

            emit ICustody.StatusSet(item, holder, Status.InCustody, evidence, msg.sender);
        }
    }

    /* INTERNAL */

    /// @dev Whether the authority may change what is known against an item so.
    function _requireChange(
        ItemId item,
        Custody memory custody,
        Condition condition,
        Authority authority
    ) internal pure {
        (Condition current, Authority heldBy) = (custody.condition, custody.heldBy);
        bool isRelease = condition == Condition.Sound && (current == Condition.OnHold || current == Condition.Suspect);
        bool isStep = current < condition && (condition != Condition.Illegitimate || current == Condition.Suspect);
        // A higher authority repeats what a lower one found, so that the lower one cannot undo it.
        bool isRepeat = current == condition && condition != Condition.Sound && authority > heldBy;
        require(isRelease || isStep || isRepeat, ICustody.ConditionInvalid(item, current));
        bool isEnough = isRelease ? authority == heldBy || authority == Authority.Regulator : authority >= heldBy;
        require(isEnough, ICustody.AuthorityTooLow(item, heldBy));
    }

    function _hasAuthority(
        mapping(BatchId id => PackedBatch) storage batches,
        IAccreditation accreditation,
        Party calldata by,
        Custody memory custody,
        BatchId[] memory inside
    ) internal view returns (bool) {
        if (by.authority == Authority.Regulator) {
            return accreditation.mayAct(msg.sender, by.organisation, Role.Regulator);
        }
        if (by.authority == Authority.None || !accreditation.actsFor(msg.sender, by.organisation)) return false;
        if (by.authority == Authority.Holder) {
            return custody.status != Status.InTransit && custody.holder == by.organisation;
        }
        for (uint256 i; i < inside.length; ++i) {
            if (batches.load(inside[i]).manufacturer != by.organisation) return false;
        }
        return true;
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Terms} from "../../../contracts/consent/interfaces/IConsentRegistry.sol";
import {Categories} from "../../../contracts/types/Categories.sol";
import {ConsentStore} from "./ConsentStore.sol";

enum Kind {
    Grant,
    Revoke,
    RevokeAll,
    SetDelegate
}

/// @notice A message that was signed and not yet relayed, or relayed and kept to try again.
struct Message {
    Kind kind;
    address patient;
    address signer;
    /// The grantee, or the delegate who is named.
    address other;
    bytes32 policy;
    Terms terms;
    uint256 signedAt;
    uint256 deadline;
    /// The call that relays it.
    bytes relay;
}

/// @notice Every message anybody ever signed. None is thrown away.
contract MessageStore {
    ConsentStore public immutable CONSENTS;

    Message[] internal _messages;

    constructor(ConsentStore consents) {
        CONSENTS = consents;
    }

    function keep(Message calldata message) external {
        _messages.push(message);
    }

    function count() external view returns (uint256) {
        return _messages.length;
    }

    function get(uint256 index) external view returns (Message memory) {
        return _messages[index];
    }

    /// @notice Whether nothing it decides on moved since it was signed.
    function isFresh(Message calldata message) external view returns (bool) {
        if (CONSENTS.revokedAllAt(message.patient) > message.signedAt) return false;
        if (message.kind == Kind.RevokeAll) return true;
        uint256 movedAt =
            message.kind == Kind.SetDelegate
                ? CONSENTS.movedAt(message.patient, message.other)
                : CONSENTS.grantOf(message.patient, message.other, message.policy).movedAt;
        return movedAt < message.signedAt;
    }

    /// @notice Whether its signer may decide so, now.
    function isRightful(Message calldata message) external view returns (bool) {
        if (block.timestamp > message.deadline) return false;
        if (message.kind == Kind.RevokeAll) return true;
        if (message.kind == Kind.SetDelegate) {
            uint256 until = message.terms.validUntil;
            return until == 0 || until > block.timestamp;
        }
        bool mayMove = CONSENTS.mayMove(
            message.patient,
            message.signer,
            message.other,
            message.policy,
            Categories.unwrap(message.terms.categories),
            message.terms.validUntil
        );
        return mayMove && (message.kind == Kind.Revoke || CONSENTS.grantable(message.terms));
    }
}

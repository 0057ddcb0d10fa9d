// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

import {IConsentRegistry} from "../consent/interfaces/IConsentRegistry.sol";

/// @title HostileAccount
/// @notice An account with code that answers `isValidSignature` in a way no wallet should.
contract HostileAccount {
    /// @notice In which way it answers.
    enum Manner {
        Rejects,
        AnswersTrue,
        AnswersShort,
        AnswersDirty,
        AnswersNothing,
        Reverts,
        BurnsGas,
        Reenters
    }

    /// @notice What `Reverts` says.
    error Refused();

    /// @notice In which way this one answers.
    Manner public immutable MANNER;

    /// @notice Where `Reenters` tries to revoke everything before it accepts.
    IConsentRegistry public immutable CONSENTS;

    constructor(Manner manner, IConsentRegistry consents) {
        MANNER = manner;
        CONSENTS = consents;
    }

    /// @notice Answers whatever it is asked, `isValidSignature` above all.
    /// @dev A fallback, because no typed function returns fewer bytes than its type has.
    /// @return What a caller reads as the answer.
    fallback(bytes calldata) external returns (bytes memory) {
        // solhint-disable-previous-line no-complex-fallback
        bytes4 accepted = IERC1271.isValidSignature.selector;
        if (MANNER == Manner.AnswersTrue) return abi.encode(true);
        if (MANNER == Manner.AnswersShort) return abi.encodePacked(accepted);
        if (MANNER == Manner.AnswersDirty) return abi.encodePacked(accepted, type(uint224).max);
        if (MANNER == Manner.AnswersNothing) return "";
        require(MANNER != Manner.Reverts, Refused());
        // More memory than any gas pays for.
        if (MANNER == Manner.BurnsGas) return new bytes(2 ** 40);
        if (MANNER == Manner.Reenters) {
            try CONSENTS.revokeAll{gas: 100_000}() {} catch {}
            return abi.encode(accepted);
        }
        return abi.encode(bytes4(0xffffffff));
    }
}

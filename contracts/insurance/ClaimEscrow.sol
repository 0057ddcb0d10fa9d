// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {IAccreditation} from "../accreditation/interfaces/IAccreditation.sol";
import {IConsentRegistry} from "../consent/interfaces/IConsentRegistry.sol";
import {dayOf, Registries} from "./Books.sol";
import {Disputes} from "./Disputes.sol";
import {ClaimState, IClaims, Submission} from "./interfaces/IClaims.sol";
import {IClaimEscrow} from "./interfaces/IClaimEscrow.sol";
import {IPlanRegistry} from "./interfaces/IPlanRegistry.sol";
import {Policies} from "./Policies.sol";
import {Reserves} from "./Reserves.sol";
import {Submissions} from "./Submissions.sol";
import {Authorization} from "../types/Authorization.sol";
import {Claim, ClaimId, Line} from "../types/Claim.sol";
import {PolicyId} from "../types/Policy.sol";

/// @title ClaimEscrow
/// @notice Insurance policies, the reserves behind them and the claims paid from them.
contract ClaimEscrow is IClaimEscrow, Policies, Multicall {
    /* IMMUTABLES */

    /// @notice Who may use a patient's data.
    IConsentRegistry public immutable CONSENTS;

    /* CONSTRUCTOR */

    constructor(
        address authority,
        IAccreditation accreditation,
        IConsentRegistry consents,
        IPlanRegistry plans
    ) AccessManaged(authority) EIP712("Aceso ClaimEscrow", "1") Reserves(accreditation, plans) {
        CONSENTS = consents;
    }

    /* ADMIN */

    /// @inheritdoc IClaimEscrow
    function pause() external restricted {
        _pause();
    }

    /// @inheritdoc IClaimEscrow
    function unpause() external restricted {
        _unpause();
    }

    /* PROVIDER ACTIONS */

    /// @inheritdoc IClaims
    function submit(
        Submission calldata submission,
        Authorization calldata acknowledgement,
        bytes calldata signature
    ) external {
        Submissions.submit(_books, _registries(), _domainSeparatorV4(), submission, acknowledgement, signature);
    }

    /// @inheritdoc IClaims
    function submitOnConsent(Submission calldata submission, bytes32 consent) external {
        Submissions.submitOnConsent(_books, _registries(), _domainSeparatorV4(), submission, consent);
    }

    /// @inheritdoc IClaims
    function reverse(Claim calldata claim, Line[] calldata lines) external nonReentrant {
        Disputes.reverse(_books, _registries(), claim, lines);
    }

    /* INSURER ACTIONS */

    /// @inheritdoc IClaims
    function accept(Submission calldata submission) external {
        Submissions.accept(_books, _registries(), _domainSeparatorV4(), submission);
    }

    /// @inheritdoc IClaims
    function decide(Claim calldata claim, uint96 benefit, bytes32 response) external {
        Disputes.decide(_books, _registries(), claim, benefit, response);
    }

    /* PROVIDER AND PATIENT ACTIONS */

    /// @inheritdoc IClaims
    function appeal(Claim calldata claim, bytes32 grounds) external {
        Disputes.appeal(_books, _registries(), claim, grounds);
    }

    /// @inheritdoc IClaims
    function appealBySig(
        Claim calldata claim,
        bytes32 grounds,
        Authorization calldata authorization,
        bytes calldata signature
    ) external {
        Disputes.appealBySig(_books, _registries(), _domainSeparatorV4(), claim, grounds, authorization, signature);
    }

    /* ARBITRATOR ACTIONS */

    /// @inheritdoc IClaims
    function rule(Claim calldata claim, uint96 award, bytes32 reasons) external {
        Disputes.rule(_books, _registries(), claim, award, reasons);
    }

    /* ANYBODY'S ACTIONS */

    /// @inheritdoc IClaims
    function finalize(Claim calldata claim) external {
        Disputes.finalize(_books, PLANS, claim);
    }

    /// @inheritdoc IClaims
    function lapse(Claim calldata claim, Line[] calldata lines) external {
        Disputes.lapse(_books, claim, lines);
    }

    /// @inheritdoc IClaims
    function fund(Claim calldata claim) external {
        Disputes.fund(_books, PLANS, claim);
    }

    /* VIEWS */

    /// @inheritdoc IClaims
    function claimOf(ClaimId id) external view returns (ClaimState memory) {
        return _books.claims[id].load();
    }

    /// @inheritdoc IClaims
    function acceptedLinesOf(PolicyId policy, address provider, uint24 day) external view returns (uint256) {
        return _books.acceptedLines[dayOf(policy, provider, day)];
    }

    /// @inheritdoc IClaims
    function preauthorizedLineOf(bytes32 preauthorization) external view returns (uint256) {
        return _books.preauthorizedLines[preauthorization];
    }

    /* INTERNAL */

    function _registries() internal view returns (Registries memory) {
        return Registries({accreditation: ACCREDITATION, consents: CONSENTS, plans: PLANS});
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {Adjudication} from "./Adjudication.sol";
import {Books, dayOf, deadlineAfter, Registries} from "./Books.sol";
import {ClaimState, ClaimStatus, IClaims, Preauthorization, Submission} from "./interfaces/IClaims.sol";
import {ClaimTerms} from "./interfaces/IPlanRegistry.sol";
import {IPolicies, PolicyState} from "./interfaces/IPolicies.sol";
import {IReserves} from "./interfaces/IReserves.sol";
import {Authorization, Authorizations} from "../types/Authorization.sol";
import {PackedBenefit} from "../types/Benefit.sol";
import {CLAIMS_CATEGORY} from "../types/Categories.sol";
import {ClaimId, hashLines, Line} from "../types/Claim.sol";
import {Accumulators, Outcome} from "../types/Outcome.sol";
import {PlanId, ServiceKey} from "../types/Plan.sol";
import {PolicyId, RUN_OFF_DAYS, today} from "../types/Policy.sol";
import {PAYMENT} from "../types/Purpose.sol";
import {Role} from "../types/Role.sol";

/// @title Submissions
/// @notice Insurance claims as they come: checked, adjudicated, paid or put before the insurer. Linked to the escrow.
library Submissions {
    using Authorizations for Authorization;

    /* TYPES */

    /// @dev What became of a claim, and what it was measured by.
    struct Adjudicated {
        ClaimTerms terms;
        Accumulators before;
        Outcome outcome;
    }

    /* CONSTANTS */

    /// @dev How many lines a claim has at most: as many as a professional claim of X12 837.
    uint256 internal constant MAX_LINES = 50;

    /// @dev How much of a service a line is for at most, in thousandths.
    uint32 internal constant MAX_QUANTITY = 100_000_000;

    bytes32 internal constant ACKNOWLEDGE_TYPEHASH = keccak256(
        "AcknowledgeClaim(bytes32 policy,address provider,Line[] lines,bytes32 documents,uint256 deadline)"
        "Line(bytes32 service,uint24 day,uint8 number,uint32 quantity,uint96 billed)"
    );

    bytes32 internal constant PREAUTHORIZATION_TYPEHASH = keccak256(
        "Preauthorization(bytes32 policy,address provider,bytes32 service,uint96 amount,uint24 lastDay,bytes32 preAuthRef)"
    );

    /* PROVIDER ACTIONS */

    /// @notice Submits an acknowledged claim: `IClaims.submit`.
    /// @param books The escrow's books.
    /// @param registries Whom it asks.
    /// @param domain Its EIP-712 domain separator.
    /// @param submission The claim.
    /// @param acknowledgement The signer is the patient, or a delegate for claims.
    /// @param signature The signer's.
    function submit(
        Books storage books,
        Registries calldata registries,
        bytes32 domain,
        Submission calldata submission,
        Authorization calldata acknowledgement,
        bytes calldata signature
    ) external {
        address signer = acknowledgement.signer;
        require(
            signer == submission.policy.patient ||
                registries.consents.mayDecide(submission.policy.patient, signer, CLAIMS_CATEGORY),
            IClaims.AcknowledgementInvalid(submission.policy.patient, signer)
        );
        (ClaimId id, PolicyId policyId, bytes32 lines) = _open(books, registries, submission, signer);
        bytes32 message = keccak256(
            abi.encode(
                ACKNOWLEDGE_TYPEHASH,
                policyId,
                submission.provider,
                lines,
                submission.documents,
                acknowledgement.deadline
            )
        );
        acknowledgement.check(signature, MessageHashUtils.toTypedDataHash(domain, message));

        _settle(books, registries, domain, id, policyId, submission);
    }

    /// @notice Submits a claim on standing consent: `IClaims.submitOnConsent`.
    /// @param books The escrow's books.
    /// @param registries Whom it asks.
    /// @param domain Its EIP-712 domain separator.
    /// @param submission The claim.
    /// @param consent The policy digest of the patient's consent.
    function submitOnConsent(
        Books storage books,
        Registries calldata registries,
        bytes32 domain,
        Submission calldata submission,
        bytes32 consent
    ) external {
        (address patient, address provider) = (submission.policy.patient, submission.provider);
        require(
            registries.consents.permits(patient, provider, consent, PAYMENT, CLAIMS_CATEGORY),
            IClaims.ClaimUnpermitted(patient, provider, consent)
        );
        (ClaimId id, PolicyId policyId, ) = _open(books, registries, submission, address(0));
        // What could never be accepted is refused now.
        uint32 responseWindow = _adjudicate(books, registries, domain, id, policyId, submission).terms.responseWindow;

        ClaimState memory state;
        state.status = ClaimStatus.Unacknowledged;
        state.deadline = deadlineAfter(responseWindow);
        books.claims[id].store(state);
    }

    /* INSURER ACTIONS */

    /// @notice Accepts a claim nobody acknowledged: `IClaims.accept`.
    /// @param books The escrow's books.
    /// @param registries Whom it asks.
    /// @param domain Its EIP-712 domain separator.
    /// @param submission The claim as it was submitted.
    function accept(
        Books storage books,
        Registries calldata registries,
        bytes32 domain,
        Submission calldata submission
    ) external {
        (ClaimId id, PolicyId policyId) = _idOf(submission, hashLines(submission.lines));
        books.windowed(id, ClaimStatus.Unacknowledged);
        (address insurer, ) = registries.plans.insurerOf(submission.policy.plan);
        require(
            registries.accreditation.actsFor(msg.sender, insurer),
            IReserves.InsurerUnauthorized(insurer, msg.sender)
        );

        emit IClaims.ClaimAccepted(id, msg.sender);

        _settle(books, registries, domain, id, policyId, submission);
    }

    /* INTERNAL */

    /// @dev Checks a new claim and takes its lines.
    function _open(
        Books storage books,
        Registries calldata registries,
        Submission calldata submission,
        address acknowledgedBy
    ) internal returns (ClaimId id, PolicyId policyId, bytes32 lines) {
        address provider = submission.provider;
        Role role = submission.role;
        require(
            role <= Role.Pharmacy && registries.accreditation.mayAct(msg.sender, provider, role),
            IClaims.ProviderUnauthorized(provider, role, msg.sender)
        );
        lines = hashLines(submission.lines);
        (id, policyId) = _idOf(submission, lines);
        require(books.claims[id].first == 0, IClaims.ClaimExists(id));
        _takeLines(books, policyId, submission);

        emit IClaims.ClaimSubmitted(
            id,
            policyId,
            provider,
            submission.lines,
            submission.documents,
            acknowledgedBy,
            msg.sender
        );
    }

    /// @dev Each line is within the policy and accepted once.
    function _takeLines(Books storage books, PolicyId policyId, Submission calldata submission) internal {
        uint24 endDay = books.policies[policyId].endDay;
        require(endDay != 0, IPolicies.PolicyUnknown(policyId));
        require(today() < endDay + RUN_OFF_DAYS, IClaims.PolicyRanOff(policyId, endDay));
        Line[] calldata lines = submission.lines;
        require(lines.length != 0 && lines.length <= MAX_LINES, IClaims.ClaimLinesInvalid(lines.length, MAX_LINES));
        uint24 firstDay = submission.policy.firstDay;

        for (uint256 i; i < lines.length; ++i) {
            Line calldata line = lines[i];
            (uint24 day, uint32 quantity) = (line.day, line.quantity);
            require(quantity != 0 && quantity <= MAX_QUANTITY, IClaims.QuantityInvalid(i, quantity));
            require(
                day >= firstDay && day < endDay && day <= today(),
                IClaims.ServiceDayInvalid(i, day, firstDay, endDay)
            );
            books.takeLine(dayOf(policyId, submission.provider, day), line);
        }
    }

    /// @dev What becomes of a claim, after all its policy's earlier ones.
    function _adjudicate(
        Books storage books,
        Registries calldata registries,
        bytes32 domain,
        ClaimId id,
        PolicyId policyId,
        Submission calldata submission
    ) internal returns (Adjudicated memory adjudicated) {
        uint96[] memory authorized = _authorized(books, registries, domain, id, policyId, submission);
        PolicyState storage policy = books.policies[policyId];
        adjudicated.before = Accumulators(policy.deductible, policy.outOfPocket, policy.benefit);
        uint24 networkEnd;
        PackedBenefit[] memory benefits;
        (adjudicated.terms, networkEnd, benefits) = registries.plans.claimTermsOf(
            submission.policy.plan,
            submission.provider,
            _servicesOf(submission.lines)
        );
        (adjudicated.outcome, ) = Adjudication.adjudicate(
            adjudicated.terms.limits,
            adjudicated.before,
            networkEnd,
            benefits,
            submission.lines,
            authorized
        );
    }

    /// @dev Adjudicates an acknowledged claim and pays it, or puts it before the insurer.
    function _settle(
        Books storage books,
        Registries calldata registries,
        bytes32 domain,
        ClaimId id,
        PolicyId policyId,
        Submission calldata submission
    ) internal {
        Adjudicated memory adjudicated = _adjudicate(books, registries, domain, id, policyId, submission);
        ClaimState memory state = _count(books, policyId, submission.policy.plan, adjudicated);
        _approveWithinLimits(books.policies[policyId], state, adjudicated.terms);
        books.claims[id].store(state);

        emit IClaims.ClaimAdjudicated(
            id,
            policyId,
            adjudicated.outcome,
            adjudicated.before,
            state.deadline,
            state.unfunded
        );

        if (state.automatic) {
            books.payClaim(id, state, adjudicated.terms.token, submission.provider, state.benefit);
        }
    }

    /// @dev Counts an adjudicated claim towards its policy and binds the reserve.
    function _count(
        Books storage books,
        PolicyId policyId,
        PlanId plan,
        Adjudicated memory adjudicated
    ) internal returns (ClaimState memory state) {
        Outcome memory outcome = adjudicated.outcome;
        PolicyState storage policy = books.policies[policyId];
        unchecked {
            // Adjudication kept each within its limit, or within 96 bits.
            policy.deductible += outcome.deductible;
            policy.outOfPocket += outcome.outOfPocket;
            policy.benefit += outcome.benefit;
        }
        state.benefit = outcome.benefit;
        state.outOfPocket = outcome.outOfPocket;
        state.deductible = outcome.deductible;
        state.unfunded = !books.bind(plan, outcome.benefit);
        state.status = ClaimStatus.Pending;
        state.deadline = deadlineAfter(adjudicated.terms.responseWindow);
    }

    /// @dev A claim within both of the plan's limits needs no decision.
    function _approveWithinLimits(
        PolicyState storage policy,
        ClaimState memory state,
        ClaimTerms memory terms
    ) internal {
        uint256 autoApproved = uint256(policy.autoApproved) + state.benefit;
        if (state.benefit > terms.autoApproveClaim || autoApproved > terms.autoApproveYear) return;

        policy.autoApproved = uint96(autoApproved);
        state.automatic = true;
        state.status = ClaimStatus.Final;
        state.deadline = 0;
    }

    /// @dev What the insurer preauthorised for each line; each promise counts for one line only.
    function _authorized(
        Books storage books,
        Registries calldata registries,
        bytes32 domain,
        ClaimId id,
        PolicyId policyId,
        Submission calldata submission
    ) internal returns (uint96[] memory authorized) {
        authorized = new uint96[](submission.lines.length);
        if (submission.preauthorizations.length == 0) return authorized;
        (address insurer, ) = registries.plans.insurerOf(submission.policy.plan);

        for (uint256 i; i < submission.preauthorizations.length; ++i) {
            Preauthorization calldata preauthorization = submission.preauthorizations[i];
            require(
                preauthorization.line < submission.lines.length,
                IClaims.PreauthorizationInvalid(preauthorization.line, preauthorization.signer)
            );
            Line calldata line = submission.lines[preauthorization.line];
            bytes32 hash = MessageHashUtils.toTypedDataHash(
                domain,
                _hash(preauthorization, policyId, submission.provider, line.service)
            );
            // A corrected claim may present the promise again for the line it was used for.
            uint256 place = (uint256(line.day) << 8) + line.number + 1;
            uint256 used = books.preauthorizedLines[hash];
            require(
                line.day <= preauthorization.lastDay &&
                    (used == 0 || used == place) &&
                    registries.accreditation.actsFor(preauthorization.signer, insurer) &&
                    SignatureChecker.isValidSignatureNowCalldata(
                        preauthorization.signer,
                        hash,
                        preauthorization.signature
                    ),
                IClaims.PreauthorizationInvalid(preauthorization.line, preauthorization.signer)
            );
            books.preauthorizedLines[hash] = place;
            authorized[preauthorization.line] = preauthorization.amount;

            emit IClaims.PreauthorizationUsed(
                id,
                preauthorization.line,
                preauthorization.amount,
                preauthorization.preAuthRef
            );
        }
    }

    function _servicesOf(Line[] calldata lines) internal pure returns (ServiceKey[] memory services) {
        services = new ServiceKey[](lines.length);
        for (uint256 i; i < lines.length; ++i) services[i] = lines[i].service;
    }

    /// @dev The ids of the claim and its policy. The claim's is `Claim.toId`'s, from its fields: cheaper than by way of memory.
    function _idOf(Submission calldata submission, bytes32 lines) internal pure returns (ClaimId, PolicyId) {
        return (
            ClaimId.wrap(keccak256(abi.encode(submission.policy, submission.provider, lines, submission.documents))),
            submission.policy.toId()
        );
    }

    function _hash(
        Preauthorization calldata preauthorization,
        PolicyId policyId,
        address provider,
        ServiceKey service
    ) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    PREAUTHORIZATION_TYPEHASH,
                    policyId,
                    provider,
                    service,
                    preauthorization.amount,
                    preauthorization.lastDay,
                    preauthorization.preAuthRef
                )
            );
    }
}

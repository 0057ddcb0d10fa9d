// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {IAccreditation} from "../accreditation/interfaces/IAccreditation.sol";
import {Books, deadlineAfter, Registries} from "./Books.sol";
import {ClaimState, ClaimStatus, IClaims} from "./interfaces/IClaims.sol";
import {AppealTerms, IPlanRegistry} from "./interfaces/IPlanRegistry.sol";
import {IReserves} from "./interfaces/IReserves.sol";
import {Authorization, Authorizations} from "../types/Authorization.sol";
import {CLAIMS_CATEGORY} from "../types/Categories.sol";
import {Claim, ClaimId, Line} from "../types/Claim.sol";
import {Payments} from "../types/Payments.sol";
import {PlanId} from "../types/Plan.sol";
import {PolicyId} from "../types/Policy.sol";
import {Role} from "../types/Role.sol";

/// @title Disputes
/// @notice Insurance claims as they end: decided, appealed, ruled on, reversed. Linked to the escrow.
library Disputes {
    using Authorizations for Authorization;

    /* CONSTANTS */

    bytes32 internal constant APPEAL_TYPEHASH = keccak256(
        "AppealClaim(bytes32 claim,bytes32 grounds,uint256 deadline)"
    );

    /* INSURER ACTIONS */

    /// @notice Decides a pending claim: `IClaims.decide`.
    /// @param books The escrow's books.
    /// @param registries Whom it asks.
    /// @param claim Its key.
    /// @param benefit What is approved.
    /// @param response The digest of the FHIR ClaimResponse.
    function decide(
        Books storage books,
        Registries calldata registries,
        Claim calldata claim,
        uint96 benefit,
        bytes32 response
    ) external {
        ClaimId id = claim.toId();
        ClaimState memory state = books.windowed(id, ClaimStatus.Pending);
        address token = _requireInsurer(registries, claim.policy.plan);

        _decide(books, registries, id, state, claim.policy.plan, benefit, response);

        books.payClaim(id, state, token, claim.provider, state.benefit);
    }

    /* PROVIDER AND PATIENT ACTIONS */

    /// @notice Appeals: `IClaims.appeal`.
    /// @param books The escrow's books.
    /// @param registries Whom it asks.
    /// @param claim Its key.
    /// @param grounds The digest of what it is based on.
    function appeal(
        Books storage books,
        Registries calldata registries,
        Claim calldata claim,
        bytes32 grounds
    ) external {
        _appeal(books, registries, claim, grounds, msg.sender);
    }

    /// @notice Relays a signed appeal: `IClaims.appealBySig`.
    /// @param books The escrow's books.
    /// @param registries Whom it asks.
    /// @param domain Its EIP-712 domain separator.
    /// @param claim Its key.
    /// @param grounds The digest of what it is based on.
    /// @param authorization Who signed.
    /// @param signature The signer's.
    function appealBySig(
        Books storage books,
        Registries calldata registries,
        bytes32 domain,
        Claim calldata claim,
        bytes32 grounds,
        Authorization calldata authorization,
        bytes calldata signature
    ) external {
        authorization.check(
            signature,
            MessageHashUtils.toTypedDataHash(
                domain,
                keccak256(abi.encode(APPEAL_TYPEHASH, claim.toId(), grounds, authorization.deadline))
            )
        );

        _appeal(books, registries, claim, grounds, authorization.signer);
    }

    /// @notice Takes a claim back: `IClaims.reverse`.
    /// @param books The escrow's books.
    /// @param registries Whom it asks.
    /// @param claim Its key.
    /// @param lines Its lines.
    function reverse(
        Books storage books,
        Registries calldata registries,
        Claim calldata claim,
        Line[] calldata lines
    ) external {
        ClaimId id = claim.toId();
        ClaimState memory state = books.claims[id].load();
        PlanId plan = claim.policy.plan;
        require(
            state.status != ClaimStatus.None && state.status != ClaimStatus.Reversed,
            IClaims.ClaimStatusInvalid(id, state.status)
        );
        require(
            registries.accreditation.actsFor(msg.sender, claim.provider),
            IClaims.ClaimNotYours(id, claim.provider, msg.sender)
        );
        PolicyId policyId = claim.policy.toId();
        books.freeLines(claim, policyId, lines);

        uint96 repaid = _isDue(state) && !state.unfunded ? state.benefit : 0;
        books.unbind(plan, state.unfunded, state.benefit + state.disputed);
        if (state.status == ClaimStatus.Decided || state.status == ClaimStatus.Appealed) {
            books.release(plan, registries.plans.appealTermsOf(plan).rulingFee);
        }
        books.uncount(policyId, state.automatic, state.benefit + state.disputed, state.outOfPocket, state.deductible);
        delete books.claims[id];
        // An acknowledged claim's id stays taken, so that the acknowledgement never counts again.
        if (state.status != ClaimStatus.Unacknowledged) {
            ClaimState memory reversed;
            reversed.status = ClaimStatus.Reversed;
            books.claims[id].store(reversed);
        }

        emit IClaims.ClaimReversed(id, policyId, repaid, msg.sender);

        if (repaid != 0) {
            (, , address token, ) = registries.plans.underwritingOf(plan);
            Payments.pull(token, claim.provider, repaid);
        }
    }

    /* ARBITRATOR ACTIONS */

    /// @notice Rules on an appeal: `IClaims.rule`.
    /// @param books The escrow's books.
    /// @param registries Whom it asks.
    /// @param claim Its key.
    /// @param award How much of what was taken off the insurer has to pay.
    /// @param reasons The digest of the reasons.
    function rule(
        Books storage books,
        Registries calldata registries,
        Claim calldata claim,
        uint96 award,
        bytes32 reasons
    ) external {
        ClaimId id = claim.toId();
        ClaimState memory state = books.claims[id].load();
        require(state.status == ClaimStatus.Appealed, IClaims.ClaimStatusInvalid(id, state.status));
        require(award <= state.disputed, IClaims.AmountAboveClaim(id, award, state.disputed));
        (address arbitrator, uint96 fee) = _requireArbitrator(registries, id, state.deadline, claim);
        (, , address token, ) = registries.plans.underwritingOf(claim.policy.plan);

        emit IClaims.ClaimRuled(id, arbitrator, award, reasons, msg.sender);

        _conclude(books, id, state, claim, award);

        books.payClaim(id, state, token, claim.provider, award);
        books.pay(token, arbitrator, fee);
    }

    /* ANYBODY'S ACTIONS */

    /// @notice Ends a window nobody used: `IClaims.finalize`.
    /// @param books The escrow's books.
    /// @param plans What plans promise.
    /// @param claim Its key.
    function finalize(Books storage books, IPlanRegistry plans, Claim calldata claim) external {
        ClaimId id = claim.toId();
        PlanId plan = claim.policy.plan;
        ClaimState memory state = books.claims[id].load();
        (, , address token, ) = plans.underwritingOf(plan);
        uint96 due;
        if (state.status == ClaimStatus.Pending) {
            _requireOver(id, state.deadline);
            due = state.benefit;
            state.status = ClaimStatus.Final;
            state.deadline = 0;
            books.claims[id].store(state);

            emit IClaims.ClaimApprovedBySilence(id, due);
        } else {
            AppealTerms memory terms = plans.appealTermsOf(plan);
            if (state.status == ClaimStatus.Decided) {
                _requireOver(id, state.deadline);
            } else {
                require(state.status == ClaimStatus.Appealed, IClaims.ClaimStatusInvalid(id, state.status));
                _requireOver(id, state.deadline + terms.rulingWindow);
                due = state.disputed;
            }
            books.release(plan, terms.rulingFee);
            _conclude(books, id, state, claim, due);
        }

        books.payClaim(id, state, token, claim.provider, due);
    }

    /// @notice Ends an unacknowledged claim: `IClaims.lapse`.
    /// @param books The escrow's books.
    /// @param claim Its key.
    /// @param lines Its lines.
    function lapse(Books storage books, Claim calldata claim, Line[] calldata lines) external {
        ClaimId id = claim.toId();
        ClaimState memory state = books.claims[id].load();
        require(state.status == ClaimStatus.Unacknowledged, IClaims.ClaimStatusInvalid(id, state.status));
        _requireOver(id, state.deadline);
        books.freeLines(claim, claim.policy.toId(), lines);

        delete books.claims[id];

        emit IClaims.ClaimLapsed(id);
    }

    /// @notice Binds the reserve to a claim that found it dry: `IClaims.fund`.
    /// @param books The escrow's books.
    /// @param plans What plans promise.
    /// @param claim Its key.
    function fund(Books storage books, IPlanRegistry plans, Claim calldata claim) external {
        ClaimId id = claim.toId();
        PlanId plan = claim.policy.plan;
        ClaimState memory state = books.claims[id].load();
        require(state.unfunded, IClaims.ClaimIsFunded(id));
        uint96 amount = state.benefit + state.disputed;
        uint112 free = books.reserves[plan].free;
        require(free >= amount, IReserves.ReserveShort(plan, free, amount));
        (, , address token, ) = plans.underwritingOf(plan);

        books.reserves[plan].free = free - amount;
        books.reserves[plan].unfunded -= amount;
        state.unfunded = false;
        books.claims[id].store(state);

        emit IClaims.ClaimFunded(id, amount);

        if (_isDue(state)) books.payClaim(id, state, token, claim.provider, state.benefit);
    }

    /* INTERNAL */

    /// @dev The plan's token, when the caller acts for its insurer, licensed or not.
    function _requireInsurer(Registries calldata registries, PlanId plan) internal view returns (address token) {
        address insurer;
        (insurer, , token, ) = registries.plans.underwritingOf(plan);
        require(
            registries.accreditation.actsFor(msg.sender, insurer),
            IReserves.InsurerUnauthorized(insurer, msg.sender)
        );
    }

    /// @dev Approves, or takes something off and sets the ruling's fee aside with it.
    function _decide(
        Books storage books,
        Registries calldata registries,
        ClaimId id,
        ClaimState memory state,
        PlanId plan,
        uint96 benefit,
        bytes32 response
    ) internal {
        require(benefit <= state.benefit, IClaims.AmountAboveClaim(id, benefit, state.benefit));

        state.disputed = state.benefit - benefit;
        state.benefit = benefit;
        state.deadline = 0;
        if (state.disputed == 0) {
            state.status = ClaimStatus.Final;
        } else {
            AppealTerms memory terms = registries.plans.appealTermsOf(plan);
            uint112 free = books.reserves[plan].free;
            require(free >= terms.rulingFee, IClaims.RulingFeeUnfunded(plan, free, terms.rulingFee));
            books.reserves[plan].free = free - terms.rulingFee;
            state.status = ClaimStatus.Decided;
            state.deadline = deadlineAfter(terms.appealWindow);
        }
        books.claims[id].store(state);

        emit IClaims.ClaimDecided(id, benefit, state.disputed, response, state.deadline, msg.sender);
    }

    function _appeal(
        Books storage books,
        Registries calldata registries,
        Claim calldata claim,
        bytes32 grounds,
        address actor
    ) internal {
        ClaimId id = claim.toId();
        ClaimState memory state = books.windowed(id, ClaimStatus.Decided);
        address appellant = claim.policy.patient;
        if (actor != appellant && !registries.consents.mayDecide(appellant, actor, CLAIMS_CATEGORY)) {
            appellant = claim.provider;
            require(registries.accreditation.actsFor(actor, appellant), IClaims.AppealUnauthorized(id, actor));
        }
        uint40 deadline = deadlineAfter(registries.plans.appealTermsOf(claim.policy.plan).rulingWindow);

        state.status = ClaimStatus.Appealed;
        state.deadline = deadline;
        books.claims[id].store(state);

        emit IClaims.ClaimAppealed(id, appellant, grounds, deadline, actor);
    }

    /// @dev Ends a dispute: part of what was taken off is awarded, the rest is free again.
    function _conclude(
        Books storage books,
        ClaimId id,
        ClaimState memory state,
        Claim calldata claim,
        uint96 award
    ) internal {
        uint96 released = state.disputed - award;
        PolicyId policyId = claim.policy.toId();
        state.benefit += award;
        state.disputed = 0;
        state.status = ClaimStatus.Final;
        state.deadline = 0;
        books.unbind(claim.policy.plan, state.unfunded, released);
        if (state.benefit == 0) {
            // A claim denied for good counts for nothing.
            books.uncount(policyId, state.automatic, released, state.outOfPocket, state.deductible);
            state.outOfPocket = 0;
            state.deductible = 0;
            state.unfunded = false;
        } else {
            books.uncount(policyId, state.automatic, released, 0, 0);
        }
        books.claims[id].store(state);

        emit IClaims.ClaimFinal(id, state.benefit, released);
    }

    function _requireOver(ClaimId id, uint40 deadline) internal view {
        require(block.timestamp >= deadline, IClaims.ClaimWindowOpen(id, deadline));
    }

    /// @dev The arbitrator whose turn it is, when the caller acts for it, and its fee.
    function _requireArbitrator(
        Registries calldata registries,
        ClaimId id,
        uint40 deadline,
        Claim calldata claim
    ) internal view returns (address arbitrator, uint96 fee) {
        AppealTerms memory terms = registries.plans.appealTermsOf(claim.policy.plan);
        arbitrator = terms.arbitrator;
        fee = terms.rulingFee;
        if (block.timestamp >= deadline) {
            deadline += terms.rulingWindow;
            require(block.timestamp < deadline, IClaims.ClaimWindowOver(id, deadline));
            arbitrator = terms.fallbackArbitrator;
        }
        require(
            registries.accreditation.mayAct(msg.sender, arbitrator, Role.Arbitrator) &&
                _isImpartial(registries, arbitrator, claim),
            IClaims.RulingUnauthorized(id, arbitrator, msg.sender)
        );
    }

    /// @dev Whether an arbitrator is no party. That a provider names an arbitrator, or its staff, as its own does not count, or
    /// it would silence both and be paid; an insurer that does so pays.
    function _isImpartial(
        Registries calldata registries,
        address arbitrator,
        Claim calldata claim
    ) internal view returns (bool) {
        IAccreditation accreditation = registries.accreditation;
        (address insurer, ) = registries.plans.insurerOf(claim.policy.plan);
        return
            !accreditation.actsFor(arbitrator, insurer) &&
            !accreditation.actsFor(msg.sender, insurer) &&
            !accreditation.actsFor(insurer, arbitrator) &&
            !accreditation.actsFor(claim.provider, arbitrator) &&
            !accreditation.actsFor(claim.policy.patient, arbitrator);
    }

    /// @dev Whether what the plan pays is decided, as far as it is.
    function _isDue(ClaimState memory state) internal pure returns (bool) {
        return state.status != ClaimStatus.Pending && state.status != ClaimStatus.Unacknowledged;
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {ClaimState, ClaimStatus} from "../../../contracts/insurance/interfaces/IClaims.sol";
import {PlanTerms} from "../../../contracts/insurance/interfaces/IPlanRegistry.sol";
import {PolicyState} from "../../../contracts/insurance/interfaces/IPolicies.sol";
import {ClaimId, Line} from "../../../contracts/types/Claim.sol";
import {Outcome} from "../../../contracts/types/Outcome.sol";
import {Policy, PolicyId} from "../../../contracts/types/Policy.sol";
import {InsuranceWorld} from "../InsuranceWorld.sol";

/// @notice What an accountant would write down: every plan's money as it came and went, every policy, every claim. What a
/// policy's claims come to is added up anew each time.
contract ClaimStore {
    struct Book {
        uint256 free;
        uint256 unfunded;
        uint256 policies;
        /// Deposits and premiums, as they left their payers.
        uint256 came;
        uint256 withdrawn;
        /// What providers were paid, or credited, and what they paid back.
        uint256 paid;
        uint256 repaid;
        /// What arbitrators were paid, or credited, and holders for the days an insurer took away.
        uint256 fees;
        uint256 refunds;
    }

    struct Insured {
        PolicyId id;
        Policy key;
        uint256 plan;
        uint24 endDay;
        bool purchased;
        bool closed;
    }

    struct Filed {
        ClaimId id;
        /// Its policy's place.
        uint256 policy;
        uint256 plan;
        address provider;
        ClaimState state;
        /// What its provider got for it, was told to get, and gave back.
        uint256 paid;
        uint256 announced;
        uint256 repaid;
    }

    InsuranceWorld internal immutable INSURANCE;

    /// @notice Orders what happened.
    uint256 public step;

    /// @notice Actions that went through without a right to.
    uint256 public trespassed;

    /// @notice Actions that were refused although nothing stood against them.
    uint256 public refused;

    /// @notice Actions that went through while new policies were paused.
    uint256 public wentOnWhilePaused;

    /// @notice Lines whose parts did not add up to what was billed, or that were told otherwise than adjudicated.
    uint256 public miscounted;

    Insured[] internal _policies;

    Filed[] internal _claims;

    mapping(uint256 plan => Book) internal _books;
    mapping(PolicyId id => bool) public isInsured;
    mapping(ClaimId id => uint256) internal _placeOf;
    mapping(uint256 claim => bytes) internal _submissions;
    mapping(bytes32 line => bool) internal _accepted;
    mapping(bytes32 preauthorization => uint256) public usedFor;

    constructor(InsuranceWorld inhabited) {
        INSURANCE = inhabited;
    }

    /* WHAT HAPPENED */

    function judge(bool succeeded, bool rightful) external {
        ++step;
        if (succeeded && !rightful) ++trespassed;
        if (!succeeded && rightful) ++refused;
        if (succeeded && INSURANCE.ESCROW().paused()) ++wentOnWhilePaused;
    }

    function miscount() external {
        ++miscounted;
    }

    function came(uint256 plan, uint256 amount) external {
        _books[plan].came += amount;
        _books[plan].free += amount;
    }

    function withdrew(uint256 plan, uint256 amount) external {
        _books[plan].withdrawn += amount;
        _books[plan].free -= amount;
    }

    function insured(uint256 plan, PolicyId id, Policy calldata key, bool purchased) external {
        _policies.push(
            Insured({id: id, key: key, plan: plan, endDay: key.endDay, purchased: purchased, closed: false})
        );
        isInsured[id] = true;
        ++_books[plan].policies;
    }

    function terminated(uint256 policy, uint24 endDay, uint256 refund) external {
        _policies[policy].endDay = endDay;
        _books[_policies[policy].plan].refunds += refund;
        _books[_policies[policy].plan].free -= refund;
    }

    function closed(uint256 policy) external {
        _policies[policy].closed = true;
        --_books[_policies[policy].plan].policies;
    }

    /// @notice A claim was put before the insurer; it is nothing yet but its lines.
    function filed(ClaimId id, uint256 policy, address provider, bytes calldata submission) external returns (uint256) {
        if (_placeOf[id] == 0) {
            Filed storage claim = _claims.push();
            (claim.id, claim.policy, claim.provider) = (id, policy, provider);
            claim.plan = _policies[policy].plan;
            _placeOf[id] = _claims.length;
        }
        uint256 place = _placeOf[id] - 1;
        _submissions[place] = submission;
        _claims[place].state.status = ClaimStatus.Unacknowledged;
        _setDeadline(place, INSURANCE.termsOf(_claims[place].plan).responseWindow);
        return place;
    }

    function lines(uint256 place, Line[] calldata all, bool accepted) external {
        Filed storage claim = _claims[place];
        for (uint256 i; i < all.length; ++i) _accepted[_lineOf(claim.policy, claim.provider, all[i])] = accepted;
    }

    function promised(bytes32 preauthorization, uint256 line) external {
        usedFor[preauthorization] = line;
    }

    /// @notice A claim counts from now on: it is approved within the plan's limits, or waits.
    function adjudicated(uint256 place, Outcome calldata outcome) external {
        Filed storage claim = _claims[place];
        Book storage book = _books[claim.plan];
        PlanTerms memory terms = INSURANCE.termsOf(claim.plan);
        uint256 autoApproved = standingOf(claim.policy).autoApproved;
        ClaimState memory state;
        (state.benefit, state.outOfPocket, state.deductible) = (
            outcome.benefit,
            outcome.outOfPocket,
            outcome.deductible
        );
        state.unfunded = book.free < outcome.benefit;
        if (state.unfunded) book.unfunded += outcome.benefit;
        else book.free -= outcome.benefit;
        state.automatic =
            outcome.benefit <= terms.autoApproveClaim &&
            autoApproved + outcome.benefit <= terms.autoApproveYear;
        state.status = state.automatic ? ClaimStatus.Final : ClaimStatus.Pending;
        claim.state = state;
        if (!state.automatic) _setDeadline(place, terms.responseWindow);
    }

    function decided(uint256 place, uint96 benefit) external {
        Filed storage claim = _claims[place];
        PlanTerms memory terms = INSURANCE.termsOf(claim.plan);
        claim.state.disputed = claim.state.benefit - benefit;
        claim.state.benefit = benefit;
        claim.state.status = ClaimStatus.Final;
        claim.state.deadline = 0;
        if (claim.state.disputed == 0) return;
        claim.state.status = ClaimStatus.Decided;
        _books[claim.plan].free -= terms.rulingFee;
        _setDeadline(place, terms.appealWindow);
    }

    function appealed(uint256 place) external {
        _claims[place].state.status = ClaimStatus.Appealed;
        _setDeadline(place, INSURANCE.termsOf(_claims[place].plan).rulingWindow);
    }

    /// @notice A pending claim is approved, because nobody said otherwise.
    function approved(uint256 place) external {
        _claims[place].state.status = ClaimStatus.Final;
        _claims[place].state.deadline = 0;
    }

    /// @notice A dispute is over. The fee was paid to an arbitrator, or is free again.
    function concluded(uint256 place, uint96 award, uint256 fee) external {
        Filed storage claim = _claims[place];
        Book storage book = _books[claim.plan];
        ClaimState storage state = claim.state;
        uint96 released = state.disputed - award;
        if (state.unfunded) book.unfunded -= released;
        else book.free += released;
        book.fees += fee;
        if (fee == 0) book.free += INSURANCE.termsOf(claim.plan).rulingFee;
        (state.benefit, state.disputed) = (state.benefit + award, 0);
        (state.status, state.deadline) = (ClaimStatus.Final, 0);
        // Denied for good: it counts for nothing, and owes nothing.
        if (state.benefit == 0) (state.outOfPocket, state.deductible, state.unfunded) = (0, 0, false);
    }

    function funded(uint256 place) external {
        Filed storage claim = _claims[place];
        uint256 owed = uint256(claim.state.benefit) + claim.state.disputed;
        _books[claim.plan].unfunded -= owed;
        _books[claim.plan].free -= owed;
        claim.state.unfunded = false;
    }

    /// @notice A claim is no more: an acknowledged one for good.
    function ended(uint256 place) external {
        Filed storage claim = _claims[place];
        Book storage book = _books[claim.plan];
        ClaimState memory state = claim.state;
        uint256 owed = uint256(state.benefit) + state.disputed;
        if (state.unfunded) book.unfunded -= owed;
        else book.free += owed;
        bool isDisputed = state.status == ClaimStatus.Decided || state.status == ClaimStatus.Appealed;
        if (isDisputed) book.free += INSURANCE.termsOf(claim.plan).rulingFee;
        delete claim.state;
        if (state.status != ClaimStatus.Unacknowledged) claim.state.status = ClaimStatus.Reversed;
    }

    /// @notice What a provider had before and has after a claim of its was acted on, credits included, and was told.
    function moved(uint256 place, uint256 before, uint256 afterwards, uint256 announced) external {
        Filed storage claim = _claims[place];
        claim.announced += announced;
        if (afterwards > before) {
            claim.paid += afterwards - before;
            _books[claim.plan].paid += afterwards - before;
        } else {
            claim.repaid += before - afterwards;
            _books[claim.plan].repaid += before - afterwards;
        }
    }

    /* WHAT IS SO */

    function bookOf(uint256 plan) external view returns (Book memory) {
        return _books[plan];
    }

    function policyCount() external view returns (uint256) {
        return _policies.length;
    }

    function policyAt(uint256 index) external view returns (Insured memory) {
        return _policies[index];
    }

    function claimCount() external view returns (uint256) {
        return _claims.length;
    }

    function claimAt(uint256 index) external view returns (Filed memory) {
        return _claims[index];
    }

    /// @notice The `Submission` of a claim, encoded.
    function submissionAt(uint256 index) external view returns (bytes memory) {
        return _submissions[index];
    }

    /// @notice How a claim of this id stands.
    function statusOf(ClaimId id) external view returns (ClaimStatus) {
        return _placeOf[id] == 0 ? ClaimStatus.None : _claims[_placeOf[id] - 1].state.status;
    }

    function isAccepted(uint256 policy, address provider, Line calldata line) external view returns (bool) {
        return _accepted[_lineOf(policy, provider, line)];
    }

    /// @notice A policy as its live claims make it: their amounts, added up.
    function standingOf(uint256 policy) public view returns (PolicyState memory sum) {
        (sum.endDay, sum.closed) = (_policies[policy].endDay, _policies[policy].closed);
        for (uint256 i; i < _claims.length; ++i) {
            if (_claims[i].policy != policy) continue;
            ClaimState memory state = _claims[i].state;
            sum.benefit += state.benefit + state.disputed;
            sum.outOfPocket += state.outOfPocket;
            sum.deductible += state.deductible;
            if (state.automatic) sum.autoApproved += state.benefit;
        }
    }

    /// @notice From a random claim on, one in a status whose window is over, or open; else one in the status, else any.
    function find(uint256 seed, ClaimStatus status, bool isOver) external view returns (uint256 found) {
        found = seed % _claims.length;
        for (uint256 i; i < _claims.length; ++i) {
            uint256 index = ((seed % _claims.length) + i) % _claims.length;
            ClaimState storage state = _claims[index].state;
            if (state.status != status) continue;
            found = index;
            if ((block.timestamp >= state.deadline) == isOver) return found;
        }
    }

    /// @notice From a random claim on, the first that waits for money; else any.
    function findUnfunded(uint256 seed) external view returns (uint256 index) {
        for (uint256 i; i < _claims.length; ++i) {
            index = ((seed % _claims.length) + i) % _claims.length;
            if (_claims[index].state.unfunded) return index;
        }
    }

    /// @notice From a random policy on, the first whose run-off is over; else any.
    function findRanOff(uint256 seed) external view returns (uint256 index) {
        for (uint256 i; i < _policies.length; ++i) {
            index = ((seed % _policies.length) + i) % _policies.length;
            bool isOver = block.timestamp >= (uint256(_policies[index].endDay) + 180) * 1 days;
            if (isOver && !_policies[index].closed) return index;
        }
    }

    function _setDeadline(uint256 place, uint256 window) internal {
        _claims[place].state.deadline = uint40(block.timestamp + window);
    }

    function _lineOf(uint256 policy, address provider, Line calldata line) internal pure returns (bytes32) {
        return keccak256(abi.encode(policy, provider, line.day, line.number));
    }
}
